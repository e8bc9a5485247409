package dev.weft.deploy;

import dev.weft.deploy.run.ServiceVariables;
import dev.weft.deploy.terminal.Expected;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    @Mixin
    private ApiOptions api = new ApiOptions();

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
        Expected.label("--namespace", namespace);
        PrintWriter out = spec.commandLine().getOut();
        ServiceVariables.ask(api.client(), namespace, true)
                .forEach((name, value) ->
                        out.println(export ? ServiceVariables.export(name, value) : name + "=" + value));
        out.flush();
    }
}
