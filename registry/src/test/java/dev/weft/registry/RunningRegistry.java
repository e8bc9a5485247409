package dev.weft.registry;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.weft.gossip.HostPort;
import dev.weft.registry.journal.JournalDatabase;
import dev.weft.registry.journal.JournalSettings;
import dev.weft.registry.journal.PostgresDatabase;
import dev.weft.registry.journal.PostgresSettings;
import dev.weft.registry.journal.Storage;
import dev.weft.registry.journal.StoreAddress;
import dev.weft.registry.resource.Cidr;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.KindCatalog;
import dev.weft.registry.resource.NetworkRanges;
import dev.weft.registry.resource.PortRange;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.resource.StandardKinds;
import dev.weft.registry.resource.Write;
import dev.weft.registry.shard.Placement;
import dev.weft.registry.shard.ShardContext;
import dev.weft.registry.testbed.TestStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.awaitility.Awaitility;

/** A registry process in this JVM, on a directory of its own. */
final class RunningRegistry implements AutoCloseable {
    static final ResourceType CONFIG_MAPS = new ResourceType("", "configmaps");
    static final ResourceType SERVICES = new ResourceType("", "services");
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final ActorSystem<Void> system;
    private final Optional<Storage> database;
    private final RegistryNode node;

    private RunningRegistry(ActorSystem<Void> system, Optional<Storage> database, RegistryNode node) {
        this.system = system;
        this.database = database;
        this.node = node;
    }

    static RunningRegistry withStorage(Path directory) {
        return with(directory, "");
    }

    /** One with some settings of its own, in HOCON, below {@code weft.registry}. */
    static RunningRegistry with(Path directory, String more) {
        return with(directory, more, InstantSource.system(), () -> Long.MAX_VALUE);
    }

    /** One on a store of either kind; the same for the same directory. */
    static RunningRegistry with(TestStore store, Path directory, String more) {
        return store == TestStore.EMBEDDED
                ? with(directory, more)
                : start(own(more), InstantSource.system(), 0, Optional.of(database(directory)), List.of());
    }

    /** One on a database of its own, with some settings, in HOCON, below {@code weft.registry}. */
    static RunningRegistry on(StoreAddress database, String more) {
        return start(own(more), InstantSource.system(), 0, Optional.of(open(database)), List.of());
    }

    /** Like {@link #with}, as it comes. */
    static RunningRegistry withStorage(TestStore store, Path directory) {
        return with(store, directory, "");
    }

    static PostgresDatabase database(Path directory) {
        return open(TestStore.database(directory));
    }

    private static PostgresDatabase open(StoreAddress database) {
        RegistrySettings settings = RegistrySettings.of(ConfigFactory.load());
        return PostgresDatabase.open(
                database,
                "east",
                settings.shards(),
                PostgresSettings.of(ConfigFactory.load().getConfig("weft.registry.postgres")));
    }

    static RunningRegistry with(Path directory, String more, InstantSource clock, LongSupplier freeBytes) {
        Config own = own(more);
        JournalSettings journal =
                RegistrySettings.of(own.withFallback(ConfigFactory.load())).journal();
        return start(
                own, clock, 0, Optional.of(JournalDatabase.open(directory, "east", journal, freeBytes)), List.of());
    }

    /** Like {@link #withStorage}, where others look for it. */
    static RunningRegistry at(Path directory, int port) {
        JournalSettings journal = RegistrySettings.of(ConfigFactory.load()).journal();
        return start(
                own(""),
                InstantSource.system(),
                port,
                Optional.of(JournalDatabase.open(directory, "east", journal)),
                List.of());
    }

    private static Config own(String more) {
        return ConfigFactory.parseString("weft.registry { " + more + " }");
    }

    int port() {
        return akka.cluster.typed.Cluster.get(system)
                .selfMember()
                .address()
                .getPort()
                .orElseThrow();
    }

    ActorSystem<Void> system() {
        return system;
    }

    /** Another process of the same cluster that holds nothing. */
    RunningRegistry proxy() {
        return proxy("");
    }

    /** The same with some settings of its own, in HOCON, below {@code weft.registry}. */
    RunningRegistry proxy(String more) {
        return start(own(more), InstantSource.system(), 0, Optional.empty(), List.of(address()));
    }

    /** Another process of the same cluster that takes its share of the shards; for those on a database. */
    RunningRegistry sharing(Path directory) {
        return start(own(""), InstantSource.system(), 0, Optional.of(database(directory)), List.of(address()));
    }

    /** A process that finds the others by the list in their database, or begins the cluster; not ready yet. */
    static RunningRegistry gathering(Path directory, int port) {
        Config config = ClusterConfig.of(
                own("gathering.patience = 4 s"), new HostPort("127.0.0.1", port), ClusterConfig.Holding.SHARED);
        PostgresDatabase database = database(directory);
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "weft", config);
        RegistrySettings settings = RegistrySettings.of(config);
        return new RunningRegistry(
                system,
                Optional.of(database),
                RegistryNode.gather(system, settings, database, parts(settings, InstantSource.system())));
    }

    /** Where the members of its cluster listen, itself included. */
    List<String> members() {
        List<String> members = new java.util.ArrayList<>();
        akka.cluster.typed.Cluster.get(system)
                .state()
                .getMembers()
                .forEach(member -> members.add(member.address().hostPort()));
        return members;
    }

    /** Where others join it. */
    HostPort address() {
        var address = akka.cluster.typed.Cluster.get(system).selfMember().address();
        return new HostPort(address.getHost().orElseThrow(), address.getPort().orElseThrow());
    }

    private static RunningRegistry start(
            Config own, InstantSource clock, int port, Optional<Storage> database, List<HostPort> seeds) {
        Config config = ClusterConfig.of(own, new HostPort("127.0.0.1", port), holding(database));
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "weft", config);
        RegistrySettings settings = RegistrySettings.of(config);
        RegistryNode node = RegistryNode.start(system, settings, database, seeds, parts(settings, clock));
        RunningRegistry running = new RunningRegistry(system, database, node);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> node.readiness().ready());
        return running;
    }

    static RegistryParts parts(RegistrySettings settings, InstantSource clock) {
        NetworkRanges ranges = new NetworkRanges(
                List.of(cidr("127.96.0.0/16")), List.of(cidr("127.112.0.0/16")), new PortRange(30_000, 32_767));
        KindCatalog kinds = StandardKinds.catalog(ranges);
        ShardContext context = new ShardContext(
                new Placement(settings.shards()),
                kinds,
                ranges,
                clock,
                new Random(7),
                () -> UUID.randomUUID().toString(),
                List::of);
        return new RegistryParts(context, (shard, ref) -> List.of(), () -> CompletableFuture.completedStage(List.of()));
    }

    private static ClusterConfig.Holding holding(Optional<Storage> database) {
        return database.map(store -> store instanceof PostgresDatabase
                        ? ClusterConfig.Holding.SHARED
                        : ClusterConfig.Holding.EMBEDDED)
                .orElse(ClusterConfig.Holding.NOTHING);
    }

    private static Cidr cidr(String text) {
        return Cidr.parse(text).orElseThrow();
    }

    /** How many reads its embedded store has seen; each loading of a shard takes some, and clients' reads take none. */
    long storeReads() {
        return ((JournalDatabase) database.orElseThrow()).reads();
    }

    /** How many shards run in this process. */
    int ownShards() {
        return ownShards(system);
    }

    /** The same for a process that is made otherwise. */
    static int ownShards(ActorSystem<?> system) {
        return akka.actor.typed.javadsl.AskPattern
                .<akka.cluster.sharding.typed.ClusterShardingQuery,
                        akka.cluster.sharding.ShardRegion.CurrentShardRegionState>
                        ask(
                                akka.cluster.sharding.typed.javadsl.ClusterSharding.get(system)
                                        .shardState(),
                                replyTo -> new akka.cluster.sharding.typed.GetShardRegionState(Shards.TYPE, replyTo),
                                Duration.ofSeconds(10),
                                system.scheduler())
                .toCompletableFuture()
                .join()
                .getShards()
                .size();
    }

    RegistryNode node() {
        return node;
    }

    Write.Outcome write(Write write) {
        return node.write(write).toCompletableFuture().join();
    }

    Write.Outcome.Done create(ResourceType type, String kind, String namespace, String name, String more) {
        Write.Outcome outcome = write(create(type, kind, namespace, name, more, Write.Options.DEFAULT));
        if (outcome instanceof Write.Outcome.Done done) {
            return done;
        }
        throw new AssertionError(outcome);
    }

    static Write create(
            ResourceType type, String kind, String namespace, String name, String more, Write.Options options) {
        String json = "{\"apiVersion\":\"v1\",\"kind\":\"%s\",\"metadata\":{\"name\":\"%s\"%s}%s}"
                .formatted(
                        kind,
                        name,
                        namespace.isEmpty() ? "" : ",\"namespace\":\"" + namespace + "\"",
                        more.isEmpty() ? "" : "," + more);
        try {
            return new Write.Create(
                    new ResourceKey(type, namespace, name), JsonBytes.of(MAPPER.readTree(json)), options);
        } catch (IOException e) {
            throw new AssertionError(json, e);
        }
    }

    @Override
    public void close() {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
        database.ifPresent(Storage::close);
    }
}
