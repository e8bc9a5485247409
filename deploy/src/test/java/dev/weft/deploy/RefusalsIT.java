package dev.weft.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.deploy.testbed.Call;
import dev.weft.deploy.testbed.TestBed;
import dev.weft.deploy.testbed.TestServer;
import dev.weft.gossip.HostPort;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("A command that cannot do what it is asked says so in one line, and")
class RefusalsIT {
    @RegisterExtension
    final TestBed bed = new TestBed();

    private final TestServer east = bed.server("east", "--no-proxy");

    @Test
    @DisplayName("exits with 1 where an address is taken or the data directory is of no use, harming nobody")
    void whatIsTaken() throws Exception {
        east.start();
        HostPort other = bed.free();
        refused(
                1,
                "cannot listen on " + east.apiAddress() + " ",
                "--api HOST:PORT",
                server("--api", east.apiAddress()));
        refused(
                1,
                "cannot listen on " + east.gossip() + " ",
                "--gossip HOST:PORT",
                server("--api", other, "--gossip", east.gossip()));
        refused(
                1,
                "cannot listen on " + east.akka() + " ",
                "--akka HOST:PORT",
                server("--api", other, "--gossip", "127.0.0.1:0", "--akka", east.akka()));
        refused(1, "in use", "--data DIR", serverAt(east.data(), "east", "--api", other, "--gossip", "127.0.0.1:0"));
        assertThat(east.api().get("/readyz").ok()).isTrue();
        List<String> top = List.of("top", "--once", "--api", east.apiUrl().toString());
        refused(1, "http://" + east.apiAddress() + " runs no proxy-node", "--metrics URL", top);
        refused(
                1,
                "does not tell of a proxy-node",
                "weft.proxy.metrics.listen",
                List.of("top", "--once", "--metrics", east.apiUrl().toString()));

        assertThat(east.stop()).isZero();
        refused(1, "east", "--data DIR", serverAt(east.data(), "west", "--api", other, "--gossip", "127.0.0.1:0"));
        Path file = Files.writeString(bed.directory().resolve("file"), "not a directory");
        refused(1, file.toString(), "--data DIR", serverAt(file, "east", "--api", other, "--gossip", "127.0.0.1:0"));
        east.start();
    }

    @Test
    @DisplayName("exits with 1 where nobody answers a question, or its own address is taken")
    void whoDoesNotAnswer() throws Exception {
        HostPort nobody = bed.free();
        refused(1, "cannot reach http://" + nobody, "--api", List.of("status", "--api", "http://" + nobody));
        refused(
                1,
                "no proxy-node tells its metrics at http://" + nobody + ";",
                "weft.proxy.metrics.listen",
                List.of("top", "--once", "--metrics", "http://" + nobody + "/metrics"));
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress(nobody.host(), nobody.port()));
            refused(
                    1,
                    "cannot listen on " + nobody,
                    "--listen HOST:PORT",
                    List.of("backend", "--listen", nobody.toString(), "--name", "one"));
        }
    }

    @Test
    @DisplayName("exits with 2 where the request makes no sense, before anything is started")
    void whatMakesNoSense() throws Exception {
        refused(2, "Unknown options: '--colour', 'red'", "weft server --help", server("--colour", "red"));
        refused(2, "overlap", "--clusterset-cidr", server("--clusterset-cidr", "127.96.0.0/20"));
        refused(2, "--node a_b", "DNS name", List.of("proxy", "--api", "http://127.0.0.1:1", "--node", "a_b"));
        Path config = Files.writeString(bed.directory().resolve("weft.conf"), "weft { registry {");
        refused(2, config.toString(), "wrong", server("--config", config));
        Path ports = Files.writeString(
                bed.directory().resolve("ports.conf"), "weft.server.node-port-range = \"40000-30000\"");
        refused(2, "40000-30000: want 1 <= first <= last <= 65535", ports.toString(), server("--config", ports));
        assertThat(Files.exists(bed.directory().resolve("data")))
                .as("nothing was made")
                .isFalse();
    }

    private List<String> server(Object... further) {
        return serverAt(bed.directory().resolve("data"), "east", further);
    }

    private static List<String> serverAt(Path data, String cluster, Object... further) {
        List<String> all = new ArrayList<>(List.of("server", "--cluster", cluster, "--data", data.toString()));
        for (Object word : further) {
            all.add(word.toString());
        }
        return all;
    }

    private static void refused(int code, String what, String remedy, List<String> arguments) throws Exception {
        Call call = Call.weft(arguments);
        assertThat(call.err())
                .as(String.join(" ", arguments))
                .startsWith("weft: ")
                .contains(what)
                .contains(remedy);
        assertThat(call.err().lines()).as(call.err()).hasSize(1);
        assertThat(call.code()).as(call.err()).isEqualTo(code);
        assertThat(call.out()).isEmpty();
    }
}
