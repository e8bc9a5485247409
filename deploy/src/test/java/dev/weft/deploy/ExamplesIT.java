package dev.weft.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.deploy.child.Child;
import dev.weft.deploy.client.HttpCall;
import dev.weft.deploy.client.Manifests;
import dev.weft.deploy.testbed.Call;
import dev.weft.deploy.testbed.TestBed;
import dev.weft.deploy.testbed.TestServer;
import dev.weft.gossip.HostPort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("The examples")
class ExamplesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Path EXAMPLES = Path.of("examples").toAbsolutePath();
    private static final Map<String, List<String>> PROGRAMS = Map.of(
            "python",
                    List.of(
                            "python3",
                            EXAMPLES.resolve("python/find_and_call.py").toString()),
            "shell", List.of("sh", EXAMPLES.resolve("shell/find-and-call.sh").toString()),
            "java",
                    List.of(
                            java(),
                            "-Xshare:auto",
                            EXAMPLES.resolve("java/FindAndCall.java").toString()));

    @RegisterExtension
    final TestBed bed = new TestBed();

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    @Test
    @DisplayName("find and call a service by DNS, by environment and by the API, in each language")
    void findAndCall() throws Exception {
        TestServer east = bed.server("east", "--no-proxy");
        east.start();
        HostPort dns = bed.free();
        String api = east.apiUrl().toString();
        bed.command("proxy", "proxy", "--api", api, "--node", "host-1", "--dns", dns.toString())
                .awaitReady(PATIENCE);
        HostPort backend = bed.free();
        Child run = bed.command(
                "run",
                "run",
                "--api",
                api,
                "--node",
                "host-1",
                "--label",
                "app=web",
                "--address",
                backend.host(),
                "--port",
                String.valueOf(backend.port()),
                "--ready",
                "tcp",
                "--",
                "/bin/sh",
                TestBed.program().words().get(1),
                "backend",
                "--listen",
                backend.toString(),
                "--name",
                "found");
        HostPort address = service(east, backend.port());
        run.awaitReady(PATIENCE);
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> HttpCall.get(address, "/", Duration.ofSeconds(5)).equals("found"));

        Map<String, String> environment = new HashMap<>(Map.of("WEFT_API", api, "WEFT_DNS", dns.toString()));
        Call variables = Call.weft(List.of("env", "--api", api));
        variables.out().lines().map(line -> line.split("=", 2)).forEach(pair -> environment.put(pair[0], pair[1]));
        PROGRAMS.forEach((language, program) ->
                List.of("dns", "environment", "api").forEach(way -> calls(language, program, way, environment)));
    }

    private static HostPort service(TestServer east, int port) {
        String ip = east.api()
                .accepted(
                        "POST",
                        east.api()
                                .create(
                                        "/api/v1/namespaces/default/services",
                                        Manifests.service("my-service", "web", 8080, port)))
                .json()
                .at("/spec/clusterIP")
                .asText();
        return new HostPort(ip, 8080);
    }

    private static void calls(String language, List<String> program, String way, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(new java.util.ArrayList<>(program));
        builder.command().addAll(List.of(way, "my-service"));
        builder.environment().putAll(environment);
        try {
            Call call = Call.of(builder);
            assertThat(call.out().strip())
                    .as(language + " by " + way + ": " + call.err())
                    .isEqualTo("found");
        } catch (java.io.IOException e) {
            throw new AssertionError(language + " by " + way, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
