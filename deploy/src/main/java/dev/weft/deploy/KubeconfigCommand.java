package dev.weft.deploy;

import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.client.ClusterName;
import java.io.PrintWriter;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weft kubeconfig}: what kubectl needs to know to talk to running servers. */
@Command(
        name = "kubeconfig",
        description = "Print a kubeconfig for kubectl; each context is named after the cluster that answers.",
        footer = {
            "",
            "Use it:  weft kubeconfig > weft.kubeconfig; kubectl --kubeconfig weft.kubeconfig get services",
            "Several: weft kubeconfig --api http://127.0.0.1:8001 --api http://127.0.0.1:8002"
        })
final class KubeconfigCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--api",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8001",
            converter = ApiUrlConverter.class,
            description =
                    "The API server (default: ${DEFAULT-VALUE}); may be repeated, the first is the current context.")
    private List<URI> api = new ArrayList<>();

    @Override
    public void run() {
        List<Context> contexts = new ArrayList<>();
        for (URI server : api) {
            contexts.add(new Context(ClusterName.of(new ApiClient(server)), server));
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(render(contexts));
        out.flush();
    }

    /**
     * One entry.
     *
     * @param name of the cluster and the context
     */
    record Context(String name, URI server) {}

    /** The file's text. */
    static String render(List<Context> contexts) {
        StringBuilder text = new StringBuilder("apiVersion: v1\nkind: Config\nclusters:\n");
        contexts.forEach(
                each -> text.append("- name: %s%n  cluster:%n    server: %s%n".formatted(each.name(), each.server())));
        text.append("contexts:\n");
        contexts.forEach(
                each -> text.append("- name: %s%n  context:%n    cluster: %s%n    user: weft%n    namespace: default%n"
                        .formatted(each.name(), each.name())));
        text.append("users:\n- name: weft\n  user: {}\n");
        text.append("current-context: ").append(contexts.get(0).name()).append('\n');
        return text.toString();
    }
}
