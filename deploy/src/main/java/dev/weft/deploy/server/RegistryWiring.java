package dev.weft.deploy.server;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import dev.weft.gossip.Gossip;
import dev.weft.gossip.RecordStore;
import dev.weft.registry.FederationView;
import dev.weft.registry.RegistryNode;
import dev.weft.registry.RegistryParts;
import dev.weft.registry.RegistrySettings;
import dev.weft.registry.allocation.Claim;
import dev.weft.registry.controller.DefaultAccounts;
import dev.weft.registry.endpoints.EndpointsDerivation;
import dev.weft.registry.federation.FederatedServicesActor;
import dev.weft.registry.federation.FederationActor;
import dev.weft.registry.federation.FederationSettings;
import dev.weft.registry.journal.JournalDatabase;
import dev.weft.registry.journal.RocksRecordStore;
import dev.weft.registry.journal.SharedStorage;
import dev.weft.registry.journal.Storage;
import dev.weft.registry.resource.NetworkRanges;
import dev.weft.registry.resource.StandardKinds;
import dev.weft.registry.shard.Placement;
import dev.weft.registry.shard.ShardCommand;
import dev.weft.registry.shard.ShardContext;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** How the registry's parts hang together. */
final class RegistryWiring {
    private final ActorSystem<?> system;
    private final ServerSettings settings;
    private final RegistrySettings registrySettings;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Placement placement;

    RegistryWiring(
            ActorSystem<?> system,
            ServerSettings settings,
            RegistrySettings registrySettings,
            InstantSource clock,
            RandomGenerator random) {
        this.system = system;
        this.settings = settings;
        this.registrySettings = registrySettings;
        this.clock = clock;
        this.random = random;
        this.placement = new Placement(registrySettings.shards());
    }

    static RecordStore recordStore(JournalDatabase store) {
        return new RocksRecordStore(store);
    }

    /** A node that holds shards, each with its part in the federation. */
    RegistryNode withShards(Storage store, Gossip gossip) {
        CompletableFuture<RegistryNode> started = new CompletableFuture<>();
        FederationSettings federation = FederationSettings.from(
                system.settings().config(),
                settings.cluster(),
                settings.ranges().clusterSetCidrs().stream()
                        .map(cidr -> cidr.family().name())
                        .collect(Collectors.toSet()));
        BiFunction<Integer, ActorRef<ShardCommand>, List<Behavior<?>>> companions =
                (shard, ref) -> List.of(FederationActor.create(
                        shard,
                        federation,
                        ref,
                        namespace -> placement.shardOfNamespace(namespace) == shard,
                        gossip,
                        (claims, after) -> allocate(started, claims, after),
                        clock));
        FederationView view = new GossipView(
                gossip,
                FederatedServicesActor.start(
                        system, gossip, federation.servicesKept(), registrySettings.readTimeout()));
        RegistryNode node = start(Optional.of(store), companions, view);
        new RegistryFeed(system, node, system.settings().config().getDuration("weft.server.feed-retry"))
                .follow(NodeZoneFollower.NODES, new GossipBeside(gossip, settings.node()));
        started.complete(node);
        return node;
    }

    /** A node that only passes on to those that hold shards. */
    RegistryNode withoutShards() {
        return start(Optional.empty(), (shard, ref) -> List.of(), new OwnClusterOnly(settings.cluster()));
    }

    private RegistryNode start(
            Optional<Storage> store,
            BiFunction<Integer, ActorRef<ShardCommand>, List<Behavior<?>>> companions,
            FederationView federation) {
        CompletableFuture<RegistryNode> started = new CompletableFuture<>();
        NodeZoneFollower zones = // follows nothing before the node has started
                new NodeZoneFollower(() -> lookAgain(started.join()), this::afterZonesSettled);
        NetworkRanges ranges = settings.ranges()
                .withNodePorts(ServerConfig.nodePorts(system.settings().config()));
        ShardContext context = new ShardContext(
                placement,
                StandardKinds.catalog(ranges),
                ranges,
                clock,
                random,
                () -> UUID.randomUUID().toString(),
                () -> List.of(new EndpointsDerivation(zones), new DefaultAccounts()));
        RegistryParts parts = new RegistryParts(context, companions, federation);
        RegistryNode node = store.filter(SharedStorage.class::isInstance)
                .map(shared -> RegistryNode.gather(system, registrySettings, (SharedStorage) shared, parts))
                .orElseGet(() -> settings.peers().bootstrap().isPresent()
                        ? RegistryNode.awaitJoin(system, registrySettings, parts)
                        : RegistryNode.start(
                                system,
                                registrySettings,
                                store,
                                settings.addresses().seeds(),
                                parts));
        started.complete(node);
        new RegistryFeed(system, node, system.settings().config().getDuration("weft.server.feed-retry"))
                .follow(NodeZoneFollower.NODES, zones);
        return node;
    }

    /** A batch of nothing in each shard, so that what depends on zones is brought up to date in those that run here. */
    private void lookAgain(RegistryNode node) {
        placement.all().forEach(shard -> node.tell(shard, new ShardCommand.Derive(List.of(), system.ignoreRef())));
    }

    private void afterZonesSettled(Runnable action) {
        system.scheduler()
                .scheduleOnce(
                        system.settings().config().getDuration("weft.server.zones-settle"),
                        action,
                        system.executionContext());
    }

    private static CompletionStage<ShardCommand.Allocated> allocate(
            CompletableFuture<RegistryNode> started, List<Claim> claims, long after) {
        return started.thenCompose(node -> node.allocate(claims, after));
    }
}
