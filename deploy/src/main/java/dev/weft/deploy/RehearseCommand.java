package dev.weft.deploy;

import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.client.ClusterName;
import dev.weft.deploy.client.Manifests;
import dev.weft.deploy.server.ServerSettings;
import dev.weft.deploy.server.WeftServer;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.gossip.HostPort;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/**
 * {@code weft rehearse}: starts a server, asks it a little, and stops it, so that the Java virtual machine learns which
 * classes a start needs. The launcher calls it once to make the class-data-sharing archive.
 */
@Command(name = "rehearse", hidden = true, description = "Start and stop once, for the launcher.")
final class RehearseCommand implements Runnable {
    @Override
    public void run() {
        try {
            Path data = Files.createTempDirectory("weft-rehearsal-");
            try {
                rehearse(data);
            } finally {
                deleteTree(data);
            }
        } catch (IOException e) {
            throw CommandFailed.failed("cannot keep the rehearsal's data: " + e.getMessage(), e);
        }
    }

    private static void rehearse(Path data) {
        HostPort any = new HostPort("127.0.0.1", 0);
        WeftServer server = WeftServer.start(new ServerSettings(
                "rehearsal",
                "rehearsal-1",
                "",
                data,
                new ServerSettings.Addresses(any, any, any, List.of(), List.of(), Optional.of("off")),
                ServerSettings.ranges("127.126.0.0/24", "127.126.1.0/24"),
                Optional.empty(),
                true));
        try {
            ApiClient api = new ApiClient(URI.create(server.apiUrl()));
            ClusterName.of(api);
            api.create("/api/v1/namespaces/default/services", Manifests.service("rehearsal", "rehearsal", 8080, 8080));
            api.get("/api/v1/services");
            api.get("/apis/discovery.k8s.io/v1/endpointslices");
        } finally {
            server.stop();
        }
    }

    private static void deleteTree(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
