package dev.weft.deploy;

import dev.weft.deploy.testbed.TestServer;
import java.util.List;

/** What {@code weft kubeconfig} prints for servers of a test, without asking them. */
public final class TestKubeconfig {
    private TestKubeconfig() {}

    public static String of(List<TestServer> servers) {
        return KubeconfigCommand.render(servers.stream()
                .map(server -> new KubeconfigCommand.Context(server.cluster(), server.apiUrl()))
                .toList());
    }
}
