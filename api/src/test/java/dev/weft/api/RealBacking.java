package dev.weft.api;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.weft.gossip.HostPort;
import dev.weft.registry.ClusterConfig;
import dev.weft.registry.Registry;
import dev.weft.registry.RegistryNode;
import dev.weft.registry.RegistryParts;
import dev.weft.registry.RegistrySettings;
import dev.weft.registry.endpoints.EndpointsDerivation;
import dev.weft.registry.journal.JournalDatabase;
import dev.weft.registry.resource.Cidr;
import dev.weft.registry.resource.NetworkRanges;
import dev.weft.registry.resource.PortRange;
import dev.weft.registry.resource.StandardKinds;
import dev.weft.registry.shard.Placement;
import dev.weft.registry.shard.ShardContext;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.awaitility.Awaitility;

/** The real registry: sharded, on disk, in a process of one, with the reconciler of endpoints. */
final class RealBacking implements TestBacking {
    private final ActorSystem<Void> system;
    private final JournalDatabase database;
    private final RegistryNode node;

    RealBacking(Path directory, String overrides) {
        Config config = ClusterConfig.of(ConfigFactory.parseString(overrides), new HostPort("127.0.0.1", 0), true);
        RegistrySettings settings = RegistrySettings.of(config);
        database = JournalDatabase.open(directory, "east", settings.journal());
        system = ActorSystem.create(Behaviors.empty(), "weft", config);
        NetworkRanges ranges = new NetworkRanges(
                List.of(Cidr.of("127.96.0.0/16")), List.of(Cidr.of("127.112.0.0/16")), PortRange.KUBERNETES_NODE_PORTS);
        ShardContext context = new ShardContext(
                new Placement(settings.shards()),
                StandardKinds.catalog(ranges),
                ranges,
                InstantSource.system(),
                new Random(7),
                () -> UUID.randomUUID().toString(),
                () -> List.of(new EndpointsDerivation()));
        node = RegistryNode.start(
                system,
                settings,
                Optional.of(database),
                List.of(),
                new RegistryParts(
                        context, (shard, ref) -> List.of(), InMemoryRegistry.members(InstantSource.system())));
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> node.readiness().ready());
    }

    @Override
    public ActorSystem<?> system() {
        return system;
    }

    @Override
    public Registry registry() {
        return node;
    }

    @Override
    public void close() {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
        database.close();
    }
}
