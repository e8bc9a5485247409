package dev.weft.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.deploy.client.Manifests;
import dev.weft.deploy.testbed.TestBed;
import dev.weft.deploy.testbed.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("A write to the embedded store, seen through the system calls of its process,")
class SyncedWritesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SERVICES = "/api/v1/namespaces/default/services";
    private static final int WRITES = 40;
    private static final String NO_STRACE =
            "strace is missing (Debian: apt-get install strace), or may not follow other processes here";

    /** The end of a call that has put a file's data on the disk, whether or not another call was told in between. */
    private static final Pattern SYNCED = Pattern.compile("(fsync|fdatasync)(\\(\\d+\\)| resumed>\\)|\\(.*\\)).* = 0$");

    private static final Pattern ACKNOWLEDGED = Pattern.compile("(write|writev|sendto|sendmsg)\\(.*HTTP/1\\.1 201");

    @RegisterExtension
    final TestBed bed = new TestBed();

    @Test
    @DisplayName("is on the disk before it is acknowledged")
    void synced() throws Exception {
        boolean traceable = hasStrace();
        if (!traceable) {
            System.err.println("skipped: " + NO_STRACE);
        }
        Assumptions.assumeTrue(traceable, NO_STRACE);
        TestServer server = bed.server("east", "--no-proxy");
        server.start();
        Path trace = bed.directory().resolve("calls");
        Path told = bed.directory().resolve("strace.log");
        Process strace = new ProcessBuilder(
                        "strace",
                        "-f",
                        "-p",
                        Long.toString(server.running().pid()),
                        "-e",
                        "trace=fsync,fdatasync,write,writev,sendto,sendmsg",
                        "-o",
                        trace.toString())
                .redirectErrorStream(true)
                .redirectOutput(told.toFile())
                .start();
        try {
            await().atMost(PATIENCE).until(() -> Files.readString(told).contains("attached"));
            for (int i = 0; i < WRITES; i++) {
                assertThat(server.api()
                                .create(SERVICES, Manifests.service("web-" + i, "web", 80, 8080))
                                .ok())
                        .isTrue();
            }
            await().atMost(PATIENCE).until(() -> acknowledgements(trace) == WRITES);
        } finally {
            strace.destroy();
            strace.waitFor(30, TimeUnit.SECONDS);
        }
        assertThat(acknowledgedUnsynced(Files.readAllLines(trace)))
                .as("answers before which nothing was synced since the answer before")
                .isEmpty();
    }

    private static long acknowledgements(Path trace) throws IOException {
        return Files.readAllLines(trace).stream()
                .filter(line -> ACKNOWLEDGED.matcher(line).find())
                .count();
    }

    /** The writes come one after another, so between two answers lies the sync of the later one. */
    private static List<String> acknowledgedUnsynced(List<String> calls) {
        List<String> unsynced = new ArrayList<>();
        boolean synced = false;
        for (String call : calls) {
            if (SYNCED.matcher(call).find()) {
                synced = true;
            } else if (ACKNOWLEDGED.matcher(call).find()) {
                if (!synced) {
                    unsynced.add(call);
                }
                synced = false;
            }
        }
        return unsynced;
    }

    /** Whether it is here and may follow another process, as it may not in some containers. */
    private static boolean hasStrace() throws InterruptedException {
        try {
            Process probe = new ProcessBuilder("strace", "-e", "trace=none", "true")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return probe.waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
