package dev.weft.registry;

import static dev.weft.registry.RunningRegistry.CONFIG_MAPS;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.Address;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.weft.gossip.HostPort;
import dev.weft.registry.journal.PostgresDatabase;
import dev.weft.registry.shard.ReadLease;
import dev.weft.registry.testbed.TestStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.IntSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A process that has joined its cluster")
class ArrivalTest {
    private static final int ALL = RegistrySettings.of(ConfigFactory.load()).shards();

    @TempDir
    private Path directory;

    @Test
    @DisplayName("gets no shard until it has come up, even where another process leaves all that it had")
    void comingUp() {
        RunningRegistry first = RunningRegistry.withStorage(TestStore.POSTGRES, directory);
        try (RunningRegistry second = first.sharing(directory)) {
            awaitShards("the second has its share", second::ownShards, shards -> shards > 0);
            try (Starting third = new Starting(directory, second.address())) {
                first.close();
                awaitShards("the second has all", second::ownShards, shards -> shards == ALL);
                assertThat(third.ownShards()).isZero();
                assertThat(second.create(CONFIG_MAPS, "ConfigMap", "default", "c", "")
                                .object()
                                .version())
                        .isPositive();
                third.ready.announce();
                awaitShards("the third has its share", third::ownShards, shards -> shards > 0);
            }
        }
    }

    private static void awaitShards(String what, IntSupplier shards, IntPredicate enough) {
        Awaitility.await(what)
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(shards.getAsInt()).matches(enough::test, what));
    }

    /** All that a process needs to hold shards, up to the point where it would say that it has come up. */
    private static final class Starting implements AutoCloseable {
        final ReadyProcesses ready;
        private final PostgresDatabase database;
        private final ActorSystem<Void> system;

        Starting(Path directory, HostPort seed) {
            Config config =
                    ClusterConfig.of(ConfigFactory.empty(), new HostPort("127.0.0.1", 0), ClusterConfig.Holding.SHARED);
            RegistrySettings settings = RegistrySettings.of(config);
            database = RunningRegistry.database(directory);
            system = ActorSystem.create(Behaviors.empty(), "weft", config);
            database.attach(system);
            ready = ReadyProcesses.start(system);
            RegistryParts parts = RunningRegistry.parts(settings, InstantSource.system());
            Shards.start(
                    system,
                    settings.shard(),
                    SettledAllocation.of(system, settings.arrival(), ready),
                    parts.shard(),
                    Optional.of(new ReadLease.Terms(
                            database,
                            new SteadyClock(),
                            parts.shard().clock(),
                            settings.shard().readLease(),
                            () -> true)),
                    parts.companions());
            Cluster cluster = Cluster.get(system);
            cluster.manager().tell(Join.create(new Address("akka", system.name(), seed.host(), seed.port())));
            Awaitility.await("it has joined")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> cluster.selfMember().status().equals(MemberStatus.up()));
        }

        int ownShards() {
            return RunningRegistry.ownShards(system);
        }

        @Override
        public void close() {
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().join();
            database.close();
        }
    }
}
