package dev.weft.registry;

import akka.NotUsed;
import akka.actor.Address;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.AskPattern;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.cluster.typed.JoinSeedNodes;
import akka.persistence.Persistence;
import akka.stream.javadsl.Source;
import dev.weft.gossip.HostPort;
import dev.weft.registry.allocation.Claim;
import dev.weft.registry.allocation.Grant;
import dev.weft.registry.controller.GarbageActor;
import dev.weft.registry.controller.LifecycleActor;
import dev.weft.registry.journal.SharedStorage;
import dev.weft.registry.journal.Storage;
import dev.weft.registry.resource.DerivedWrite;
import dev.weft.registry.resource.KindCatalog;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.resource.Write;
import dev.weft.registry.shard.Placement;
import dev.weft.registry.shard.ReadLease;
import dev.weft.registry.shard.ShardCommand;
import dev.weft.registry.shard.ShardFeed;
import dev.weft.registry.watch.Collection;
import dev.weft.registry.watch.HubCommand;
import dev.weft.registry.watch.HubViews;
import dev.weft.registry.watch.ListRequest;
import dev.weft.registry.watch.Listing;
import dev.weft.registry.watch.ShardLink;
import dev.weft.registry.watch.VersionMatch;
import dev.weft.registry.watch.WatchEvent;
import dev.weft.registry.watch.WatchHubActor;
import dev.weft.registry.watch.WatchRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import scala.jdk.javaapi.CollectionConverters;

/** One process of the cluster: holds shards or passes on to those who do, and answers from a hub of its own. */
public final class RegistryNode implements Registry {
    private final RegistrySettings settings;
    private final KindCatalog kinds;
    private final Placement placement;
    private final ReadyProcesses ready;
    private final Shards shards;
    private final HubViews views;
    private final Reader reader;
    private final Writer writer;
    private final Watching watching;
    private final FederationView federation;
    private final InstantSource ages = new SteadyClock();
    private volatile boolean caughtUp;

    private RegistryNode(
            ActorSystem<?> system,
            RegistrySettings settings,
            Optional<? extends Storage> storage,
            RegistryParts parts) {
        this.settings = settings;
        this.kinds = parts.shard().kinds();
        this.placement = parts.shard().placement();
        this.federation = parts.federation();
        ready = ReadyProcesses.start(system);
        shards = Shards.start(
                system,
                settings.shard(),
                SettledAllocation.of(system, settings.arrival(), ready),
                parts.shard(),
                terms(system, storage, settings, parts),
                parts.companions());
        views = new HubViews(placement.shards());
        ActorRef<HubCommand> hub = system.systemActorOf(
                WatchHubActor.create(settings.hub(), parts.shard().clock(), ages, views, this::link),
                "weft-watch-hub",
                Props.empty());
        reader = new Reader(system, hub, views, parts.shard().clock(), settings);
        writer = new Writer(shards, placement, settings);
        watching = new Watching(system, hub, reader, settings);
        catchUp();
        if (system.settings().config().getStringList("akka.cluster.roles").contains(ClusterConfig.STORAGE_ROLE)) {
            Caretaker.start(
                    system,
                    kinds,
                    settings,
                    garbagePorts(hub),
                    lifecyclePorts(hub, parts.shard().clock()),
                    new Claims(reader, placement),
                    this::release,
                    parts.shard());
        }
    }

    private static Optional<ReadLease.Terms> terms(
            ActorSystem<?> system,
            Optional<? extends Storage> storage,
            RegistrySettings settings,
            RegistryParts parts) {
        return storage.filter(SharedStorage.class::isInstance)
                .map(SharedStorage.class::cast)
                .map(store -> new ReadLease.Terms(
                        store,
                        new SteadyClock(),
                        parts.shard().clock(),
                        settings.shard().readLease(),
                        () -> Cluster.get(system).state().getUnreachable().isEmpty()));
    }

    private GarbageActor.Ports garbagePorts(ActorRef<HubCommand> hub) {
        return new GarbageActor.Ports(
                listener -> hub.tell(new HubCommand.Listen(listener)),
                placement::shardOf,
                placement.shards(),
                key -> views.get(placement.shardOf(key)).get(key),
                key -> reader.find(placement.shardOf(key), key),
                this::write);
    }

    private LifecycleActor.Ports lifecyclePorts(ActorRef<HubCommand> hub, InstantSource wall) {
        return new LifecycleActor.Ports(
                listener -> hub.tell(new HubCommand.Listen(listener)),
                placement::shardOf,
                window -> views.get(window).objects(),
                placement.shards(),
                key -> reader.find(placement.shardOf(key), key),
                this::write,
                new SteadyClock(),
                wall);
    }

    private void release(List<Grant> grants, long before) {
        if (!grants.isEmpty()) {
            shards.tell(placement.allocationShard(), new ShardCommand.Release(grants, before));
        }
    }

    /**
     * Joins the cluster and starts. Completes at once; {@link #readiness()} says when it serves.
     *
     * @param system made with {@link ClusterConfig}; the registry ends with it
     * @param seeds where processes of the cluster listen; empty to be the first
     * @param storage the store, for a process that holds shards; stays the caller's to close, after the system has ended
     */
    public static RegistryNode start(
            ActorSystem<?> system,
            RegistrySettings settings,
            Optional<? extends Storage> storage,
            List<HostPort> seeds,
            RegistryParts parts) {
        storage.ifPresent(store -> store.attach(system));
        Cluster cluster = Cluster.get(system);
        if (seeds.isEmpty()) {
            cluster.manager().tell(Join.create(cluster.selfMember().address()));
        } else {
            List<Address> addresses = seeds.stream()
                    .sorted(Comparator.comparing(HostPort::toString))
                    .map(seed -> new Address("akka", system.name(), seed.host(), seed.port()))
                    .toList();
            cluster.manager()
                    .tell(new JoinSeedNodes(
                            CollectionConverters.asScala(addresses).toList()));
        }
        return new RegistryNode(system, settings, storage, parts);
    }

    /**
     * The same for a process without a store that something else brings into its cluster; it never begins one.
     *
     * @param system made with {@link ClusterConfig}; the registry ends with it
     */
    public static RegistryNode awaitJoin(ActorSystem<?> system, RegistrySettings settings, RegistryParts parts) {
        return new RegistryNode(system, settings, Optional.empty(), parts);
    }

    /**
     * The same for a process that shares its store with others: by the list that they keep there it joins them, or begins
     * the cluster if there is none.
     *
     * @param storage the store; stays the caller's to close, after the system has ended
     */
    public static RegistryNode gather(
            ActorSystem<?> system, RegistrySettings settings, SharedStorage storage, RegistryParts parts) {
        storage.attach(system);
        Persistence.get(system);
        ActorRef<GatheringActor.Message> gathering = system.systemActorOf(
                GatheringActor.create(storage.attendance(), settings.gathering(), new SteadyClock()),
                "weft-gathering",
                Props.empty());
        CoordinatedShutdown.get(system)
                .addTask(
                        CoordinatedShutdown.PhaseBeforeActorSystemTerminate(),
                        "weft-gathering",
                        () -> AskPattern.ask(
                                gathering, GatheringActor.Leave::new, settings.readTimeout(), system.scheduler()));
        return new RegistryNode(system, settings, Optional.of(storage), parts);
    }

    private ShardLink link(ActorContext<HubCommand> hub) {
        ActorRef<ShardFeed> feed = hub.spawn(HubFeedActor.create(hub.getSelf()), "feed");
        return new ShardLink() {
            @Override
            public void follow(int shard, long since) {
                shards.tell(shard, new ShardCommand.Follow(since, feed));
            }

            @Override
            public void close(int shard, long question, long version) {
                shards.tell(shard, new ShardCommand.Close(question, version, feed));
            }
        };
    }

    private void catchUp() {
        reader.reach(views.merged(), 0).whenComplete((reached, late) -> {
            if (late == null) {
                caughtUp = true;
                ready.announce();
            } else {
                catchUp();
            }
        });
    }

    @Override
    public KindCatalog kinds() {
        return kinds;
    }

    /** Where objects live, for those who talk to shards. */
    public Placement placement() {
        return placement;
    }

    @Override
    public CompletionStage<Write.Outcome> write(Write write) {
        return writer.write(write);
    }

    /** Writes of a reconciler that all concern one shard: all or nothing, no admission. Completes when on disk. */
    public CompletionStage<ShardCommand.Derived> derive(int shard, List<DerivedWrite> writes) {
        return shards.ask(shard, replyTo -> new ShardCommand.Derive(writes, replyTo), settings.writeTimeout());
    }

    /**
     * Claims addresses or ports durably, for those who write past the front door.
     *
     * @param after the version of the owner's shard, after all that happened to the owner so far
     */
    public CompletionStage<ShardCommand.Allocated> allocate(List<Claim> claims, long after) {
        return writer.allocate(claims, after, false);
    }

    /** A command to a shard that answers in its own time. */
    public void tell(int shard, ShardCommand command) {
        shards.tell(shard, command);
    }

    @Override
    public CompletionStage<Answer<Resource>> get(ResourceKey key, VersionMatch version) {
        return reader.get(placement.shardOf(key), key, version);
    }

    @Override
    public CompletionStage<Answer<Listing>> list(ListRequest request) {
        return reader.list(window(request.collection()), request);
    }

    @Override
    public Source<WatchEvent, NotUsed> watch(WatchRequest request) {
        return watching.watch(window(request.collection()), request);
    }

    /** How many watches this node feeds. */
    public CompletionStage<Integer> openWatches() {
        return watching.open();
    }

    @Override
    public FederationView federation() {
        return federation;
    }

    @Override
    public Readiness readiness() {
        if (caughtUp) {
            Duration silent = Duration.between(views.lastAnswer(), ages.instant());
            return silent.compareTo(settings.silence()) <= 0
                    ? new Readiness(true, "")
                    : new Readiness(
                            false,
                            "no registry shard has answered for " + silent.toSeconds()
                                    + " s: the processes that hold them, or their store, cannot be reached");
        }
        List<Integer> missing = placement
                .all()
                .filter(shard -> views.get(shard).version() == 0)
                .boxed()
                .toList();
        return new Readiness(false, "waiting for registry shards " + missing);
    }

    private int window(Collection collection) {
        ResourceKind kind = kinds.find(collection.type());
        int shard = placement.shardOf(collection, kind != null && kind.namespaced());
        return shard < 0 ? views.merged() : shard;
    }
}
