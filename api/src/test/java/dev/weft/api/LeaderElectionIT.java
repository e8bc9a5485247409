package dev.weft.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.kubernetes.client.extended.leaderelection.LeaderElector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leader election by Leases, as controllers do it; judged by what became of the Lease. */
@DisplayName("Leader election")
class LeaderElectionIT {
    private static final Duration LEASE = Duration.ofSeconds(6);
    private static final Duration RENEW = Duration.ofSeconds(4);
    private static final Duration RETRY = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String LEASES = "/apis/coordination.k8s.io/v1/namespaces/default/leases";

    /**
     * One state of a Lease.
     *
     * @param heard when it was heard of. A client may take the time that it writes down before it asks who holds the Lease,
     *     so that one which took over in time can seem to have been early by a round trip
     */
    private record Held(String holder, Instant renewed, Duration lasting, int transitions, Instant heard) {
        static Held of(JsonNode lease, Instant heard) {
            JsonNode spec = lease.path("spec");
            String renewed = spec.path("renewTime").asText();
            return new Held(
                    spec.path("holderIdentity").asText(),
                    renewed.isEmpty() ? Instant.EPOCH : Instant.parse(renewed),
                    Duration.ofSeconds(spec.path("leaseDurationSeconds").asLong()),
                    spec.path("leaseTransitions").asInt(),
                    heard);
        }
    }

    /** Everything that ever happened to one Lease, in order, from its creation. */
    private static final class LeaseHistory {
        private final ConcurrentLinkedQueue<Held> states = new ConcurrentLinkedQueue<>();
        private final Stream<String> lines;

        private LeaseHistory(TestServer server, String name) {
            String version = server.get(LEASES).at("/metadata/resourceVersion");
            try {
                lines = server.client
                        .send(
                                server.request(LEASES + "?watch=true&fieldSelector=metadata.name%3D" + name
                                                + "&resourceVersion=" + version)
                                        .build(),
                                BodyHandlers.ofLines())
                        .body();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
            Thread reader = new Thread(
                    () -> {
                        try {
                            lines.forEach(this::hear);
                        } catch (UncheckedIOException e) {
                            // The server has ended.
                            return;
                        }
                    },
                    "lease-history");
            reader.setDaemon(true);
            reader.start();
        }

        private void hear(String line) {
            try {
                JsonNode event = new ObjectMapper().readTree(line);
                assertThat(event.path("type").asText()).isIn("ADDED", "MODIFIED");
                states.add(Held.of(event.path("object"), Instant.now()));
            } catch (IOException e) {
                throw new UncheckedIOException(line, e);
            }
        }

        private String holder() {
            String last = "";
            for (Held state : states) {
                last = state.holder();
            }
            return last;
        }

        /** A Lease passes from one to the other only when it was given back, which may mean cut short, or has run out. */
        private void neverTwoAtOnce() {
            List<Held> all = new ArrayList<>(states);
            for (int i = 1; i < all.size(); i++) {
                Held before = all.get(i - 1);
                Held after = all.get(i);
                if (!after.holder().equals(before.holder()) && !after.holder().isEmpty()) {
                    assertThat(before.holder().isEmpty()
                                    || !after.heard().isBefore(before.renewed().plus(before.lasting())))
                            .as("%s to %s in %s", before, after, all)
                            .isTrue();
                }
                assertThat(after.transitions()).as("in %s", all).isGreaterThanOrEqualTo(before.transitions());
            }
        }
    }

    /** One who wants to lead, behind a link of its own. */
    private static final class Contender implements AutoCloseable {
        private final CutRelay link;
        private final Runnable stop;

        private Contender(CutRelay link, Runnable stop) {
            this.link = link;
            this.stop = stop;
        }

        static Contender official(TestServer server, String lease, String identity) {
            CutRelay link = new CutRelay(server.server.address().getPort());
            var lock = new io.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock(
                    "default", lease, identity, ObservedConfigMaps.officialClient(link.url()));
            LeaderElector elector = new LeaderElector(new LeaderElectionConfig(lock, LEASE, RENEW, RETRY));
            Thread thread = new Thread(() -> elector.run(() -> {}, () -> {}), identity);
            thread.setDaemon(true);
            thread.start();
            return new Contender(link, () -> {
                elector.close();
                thread.interrupt();
            });
        }

        static Contender fabric(TestServer server, String lease, String identity) {
            CutRelay link = new CutRelay(server.server.address().getPort());
            KubernetesClient client = ObservedConfigMaps.fabricClient(link.url());
            CompletableFuture<?> running = client.leaderElector()
                    .withConfig(new LeaderElectionConfigBuilder()
                            .withName(lease)
                            .withLock(new io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock(
                                    "default", lease, identity))
                            .withLeaseDuration(LEASE)
                            .withRenewDeadline(RENEW)
                            .withRetryPeriod(RETRY)
                            .withReleaseOnCancel(true)
                            .withLeaderCallbacks(new LeaderCallbacks(() -> {}, () -> {}, leader -> {}))
                            .build())
                    .build()
                    .start();
            return new Contender(link, () -> {
                running.cancel(true);
                client.close();
            });
        }

        /** As if its machine were gone. */
        void vanish() {
            link.cut();
        }

        /** In good order. */
        void resign() {
            stop.run();
        }

        @Override
        public void close() {
            stop.run();
            link.close();
        }
    }

    private static void leads(LeaseHistory history, String identity) {
        Awaitility.await(identity + " leads")
                .atMost(PATIENCE)
                .until(() -> history.holder().equals(identity));
    }

    @Test
    @DisplayName("of either client: when the leader vanishes or resigns the other takes over, never two at once")
    void takeOver(@TempDir Path directory) {
        try (TestServer server = new TestServer(new RealBacking(directory, ""))) {
            LeaseHistory official = new LeaseHistory(server, "official");
            LeaseHistory fabric = new LeaseHistory(server, "fabric");
            try (Contender first = Contender.official(server, "official", "official-1");
                    Contender one = Contender.fabric(server, "fabric", "fabric-1")) {
                leads(official, "official-1");
                leads(fabric, "fabric-1");
                try (Contender second = Contender.official(server, "official", "official-2");
                        Contender two = Contender.fabric(server, "fabric", "fabric-2")) {
                    first.vanish();
                    one.vanish();
                    leads(official, "official-2");
                    leads(fabric, "fabric-2");
                    try (Contender three = Contender.fabric(server, "fabric", "fabric-3")) {
                        two.resign();
                        leads(fabric, "fabric-3");
                    }
                }
            }
            official.neverTwoAtOnce();
            fabric.neverTwoAtOnce();
            assertThat(official.states).hasSizeGreaterThan(2);
        }
    }
}
