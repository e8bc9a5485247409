package dev.weft.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.deploy.client.Manifests;
import dev.weft.deploy.testbed.TestBed;
import dev.weft.deploy.testbed.TestServer;
import dev.weft.deploy.testbed.Watch;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("Several processes of one cluster")
class SeveralProcessesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SERVICES = "/api/v1/namespaces/default/services";

    @RegisterExtension
    final TestBed bed = new TestBed();

    private final TestServer first = bed.server("east", "--no-proxy");
    private final TestServer second = bed.further(first, "east-2", "--no-proxy");

    @Test
    @DisplayName("answer reads, writes and watches alike, also after the first was stopped or killed and came back")
    void serveAlike() throws Exception {
        first.start();
        second.start();
        serveAlikeNow("started");
        assertThat(names("/api/v1/nodes", second)).contains("east-1", "east-2");
        assertThat(first.stop()).isZero();
        first.start();
        comesBack("stopped");
        first.kill();
        first.start();
        comesBack("killed");
        assertThat(second.stop()).isZero();
        assertThat(first.api().get("/readyz").ok()).isTrue();
    }

    private void comesBack(String what) throws Exception {
        long begun = System.nanoTime();
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> second.api().get("/readyz").ok()
                        && second.api()
                                .create(SERVICES, Manifests.service("probe-" + what, "any", 8080, 9376))
                                .ok());
        System.out.println("the second process served again "
                + Duration.ofNanos(System.nanoTime() - begun).toMillis() + " ms after the first, " + what
                + ", was ready again");
        serveAlikeNow(what);
    }

    /** A write through either is read, and seen by a watch, through the other. */
    private void serveAlikeNow(String when) throws Exception {
        for (TestServer writer : new TestServer[] {first, second}) {
            TestServer reader = writer == first ? second : first;
            String name = writer == first ? "from-first-" + when : "from-second-" + when;
            try (Watch watch = Watch.of(reader, SERVICES + "?watch=1")) {
                JsonNode made = writer.api()
                        .accepted("POST", writer.api().create(SERVICES, Manifests.service(name, "any", 8080, 9376)))
                        .json();
                assertThat(reader.api().require(SERVICES + "/" + name)).isEqualTo(made);
                watch.await("ADDED", name, PATIENCE);
                ObjectNode change = JsonNodeFactory.instance.objectNode();
                change.putObject("metadata").putObject("labels").put("touched", "yes");
                reader.api().accepted("PATCH", reader.api().mergePatch(SERVICES + "/" + name, change));
                watch.await("MODIFIED", name, PATIENCE);
                assertThat(writer.api()
                                .require(SERVICES + "/" + name)
                                .at("/metadata/labels/touched")
                                .asText())
                        .isEqualTo("yes");
            }
        }
    }

    private static java.util.List<String> names(String path, TestServer server) {
        return server.api().require(path).findValuesAsText("name");
    }
}
