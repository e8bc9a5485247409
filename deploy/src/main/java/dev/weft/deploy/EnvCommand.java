package dev.weft.deploy;

import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.run.ServiceVariables;
import java.io.PrintWriter;
import java.net.URI;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weft env}: the variables of Services, for scripts. */
@Command(
        name = "env",
        description = "Print the environment variables through which programs find the Services of a namespace, as Pods"
                + " of Kubernetes get them.",
        footer = {
            "",
            "In a script:  eval \"$(weft env --export)\"; curl http://$MY_SERVICE_SERVICE_HOST:$MY_SERVICE_SERVICE_PORT/"
        })
final class EnvCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--api",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8001",
            converter = ApiUrlConverter.class,
            description = "The API server (default: ${DEFAULT-VALUE}).")
    private URI api = URI.create("http://127.0.0.1:8001");

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NS",
            defaultValue = "default",
            description = "Whose Services (default: ${DEFAULT-VALUE}).")
    private String namespace = "";

    @Option(names = "--export", description = "Print lines that a shell can read: export NAME='VALUE'.")
    private boolean export;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        ServiceVariables.ask(new ApiClient(api), namespace, true)
                .forEach((name, value) ->
                        out.println(export ? ServiceVariables.export(name, value) : name + "=" + value));
        out.flush();
    }
}
