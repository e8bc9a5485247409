package dev.weft.deploy.server;

import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import dev.weft.api.ApiDoor;
import dev.weft.api.ApiServer;
import dev.weft.api.ApiSettings;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.gossip.GossipNode;
import dev.weft.gossip.GossipSettings;
import dev.weft.gossip.HostPort;
import dev.weft.gossip.SharedIdentity;
import dev.weft.proxy.ProxyNode;
import dev.weft.proxy.ProxySettings;
import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.registry.Registry;
import dev.weft.registry.RegistryNode;
import dev.weft.registry.RegistrySettings;
import dev.weft.registry.journal.JournalDatabase;
import dev.weft.registry.journal.PostgresDatabase;
import dev.weft.registry.resource.Cidr;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One control-plane node: the wiring of all parts, their order of start (journal, gossip, registry, API, Node, proxy) and of
 * stop (Node, API, proxy, registry, gossip, journal).
 */
public final class WeftServer {
    private static final Logger log = LoggerFactory.getLogger(WeftServer.class);

    private final ServerSettings settings;
    private final Config config;
    private final InstantSource clock = InstantSource.system();
    private final RandomGenerator random = new Random(new SecureRandom().nextLong());
    private final ActorSystem<Void> system;
    private final ServerStores stores;
    private final StartWaits waits;
    private @Nullable GossipNode gossip;
    private @Nullable ApiServer api;
    private volatile boolean started;

    private WeftServer(ServerSettings settings, Config config) {
        this.settings = settings;
        this.config = config;
        this.stores = ServerStores.open(settings, config);
        try {
            this.system = systemOf(settings, config);
        } catch (RuntimeException e) {
            stores.close();
            throw e;
        }
        this.waits = new StartWaits(system, settings, config.getDuration("weft.server.start-timeout"));
    }

    /** The cluster went on without this process while it started: it may start again. */
    static final class PutOutException extends RuntimeException {
        private static final long serialVersionUID = 1;

        private PutOutException(Throwable cause) {
            super(cause);
        }
    }

    /**
     * Starts all parts and waits until they serve.
     *
     * @throws CommandFailed with one sentence; then nothing is left running
     * @throws PutOutException if there is a cluster to join again; then nothing is left running either
     */
    public static WeftServer start(ServerSettings settings) {
        ServerConfig.requireFree("--api", settings.addresses().api());
        if (settings.holdsShards()) {
            ServerConfig.requireFree("--gossip", settings.addresses().gossip());
        }
        ServerConfig.requireFree("--akka", settings.addresses().akka());
        settings.peers().management().ifPresent(address -> ServerConfig.requireFree("--management", address));
        Config config = ServerConfig.of(settings);
        settings.peers().bootstrap().ifPresent(bootstrap -> bootstrap.check(config));
        WeftServer server = new WeftServer(settings, config);
        try {
            server.startParts();
            return server;
        } catch (RuntimeException | Error e) {
            boolean putOut = settings.joinsAgain() && server.waits.isEnding();
            // Also where a class is missing: threads that are running already would keep a half-started process alive.
            server.stop();
            if (putOut) {
                throw new PutOutException(e);
            }
            throw e;
        }
    }

    private static ActorSystem<Void> systemOf(ServerSettings settings, Config config) {
        try {
            return ActorSystem.create(Behaviors.empty(), settings.cluster(), config);
        } catch (RuntimeException e) {
            throw CommandFailed.failed(
                    "cannot listen for other processes of the cluster at "
                            + settings.addresses().akka() + ": " + e.getMessage()
                            + "; choose another with --akka HOST:PORT",
                    e);
        }
    }

    private void startParts() {
        // Artery ends its connections when the virtual machine is told to end, unless a task of this kind is under way.
        CoordinatedShutdown.get(system).addJvmShutdownHook(this::onEndOfProcess);
        RegistryNode registry = startRegistry();
        waits.on(settings.peers().start(system), "listen at --management");
        ProtectedStart start = new ProtectedStart(system, settings, config, clock, registry);
        if (start.waitsForRegistry()) {
            waits.untilReady(registry);
        }
        startApi(registry, waits.on(start.door(), "prepare the protection of the API"));
        waits.untilLoaded(registry);
        waits.on(start.finish(), "make the roles of the cluster");
        startNode(registry);
        if (settings.proxy()) {
            startProxy(registry);
        }
        started = true;
    }

    /** Nobody else stops what is told to end while it starts. */
    private void onEndOfProcess() {
        if (started) {
            awaitEnd();
        } else {
            stop();
        }
    }

    private RegistryNode startRegistry() {
        RegistryWiring wiring = new RegistryWiring(system, settings, RegistrySettings.of(config), clock, random);
        JournalDatabase store = stores.own();
        if (store == null) {
            RegistryNode node = wiring.withoutShards();
            system.systemActorOf(StorageWatch.create(this::leave), "weft-storage-watch", Props.empty());
            return node;
        }
        GossipNode node = startGossip(store);
        gossip = node;
        onStop(CoordinatedShutdown.PhaseBeforeActorSystemTerminate(), "weft-gossip", node::stop);
        PostgresDatabase common = stores.shared();
        return wiring.withShards(common == null ? store : common, node);
    }

    private GossipNode startGossip(JournalDatabase store) {
        ServerSettings.Addresses addresses = settings.addresses();
        Path identity = settings.data().resolve("identity");
        try {
            GossipSettings own = GossipSettings.from(config)
                    .of(settings.cluster(), addresses.gossip(), addresses.join())
                    .identifiedBy(identity);
            PostgresDatabase common = stores.shared();
            return GossipNode.start(
                    system,
                    common == null ? own : own.inIncarnation(agree(common, identity)),
                    RegistryWiring.recordStore(store),
                    clock,
                    random);
        } catch (IOException e) {
            throw CommandFailed.failed(
                    "cannot listen for other clusters at " + addresses.gossip() + ": " + e.getMessage()
                            + "; choose another with --gossip HOST:PORT",
                    e);
        }
    }

    /** Gives this process the identity of its cluster, and says which life of the cluster this is. */
    private long agree(PostgresDatabase common, Path directory) throws IOException {
        AtomicLong life = new AtomicLong();
        SharedIdentity.keep(directory, settings.cluster(), own -> {
            PostgresDatabase.Identity all = common.identity(new PostgresDatabase.Identity(own, clock.millis()));
            life.set(all.life());
            return all.secret();
        });
        return life.get();
    }

    private void startApi(Registry registry, ApiDoor door) {
        HostPort address = settings.addresses().api();
        ApiSettings apiSettings = ApiSettings.from(config).listeningOn(address.host(), address.port());
        api = waits.on(
                ApiServer.start(system, apiSettings, door, registry, clock, random), "start the API at " + address);
    }

    private void startNode(Registry registry) {
        ServerObjects objects = ServerObjects.start(
                system,
                settings,
                registry,
                URI.create(apiUrl()),
                gossip == null ? "" : gossip.advertised().toString());
        // Before the API takes no more connections: until it is done, others are sent here.
        onStop(CoordinatedShutdown.PhaseBeforeServiceUnbind(), "weft-node", () -> {
            if (RemainingProcesses.any(system)) {
                return objects.leave();
            }
            objects.close();
            return CompletableFuture.completedStage(null);
        });
    }

    private void startProxy(Registry registry) {
        ProxySettings proxySettings =
                ProxySettings.from(config).on(new NodeIdentity(settings.node(), settings.zone(), settings.cluster()));
        ProxyNode proxy = ProxyNode.start(
                system,
                proxySettings,
                new RegistryFeed(system, registry, config.getDuration("weft.server.feed-retry")),
                new RegistryWriter(registry),
                clock,
                random);
        onStop(CoordinatedShutdown.PhaseServiceStop(), "weft-proxy", proxy::stop);
        Objects.requireNonNull(api, "the API starts first").measureAlso(proxy::metrics);
        waits.on(proxy.ready(), "show the proxy-node the services");
    }

    private void leave() {
        CoordinatedShutdown.get(system).runAll(CoordinatedShutdown.clusterLeavingReason());
    }

    private void onStop(String phase, String name, java.util.function.Supplier<CompletionStage<Void>> stop) {
        CoordinatedShutdown.get(system)
                .addTask(phase, name, () -> stop.get().thenApply(any -> akka.Done.getInstance()));
    }

    /** Where the API serves, with the real port. */
    public String apiUrl() {
        ApiServer serving = api;
        HostPort asked = settings.addresses().api();
        int port = serving == null ? asked.port() : serving.address().getPort();
        return (settings.protection().tls().on() ? "https://" : "http://") + new HostPort(asked.host(), port);
    }

    /** The line that says where it serves; it begins with {@code ready}. */
    public String readyLine() {
        GossipNode node = gossip;
        return "ready cluster=" + settings.cluster() + " node=" + settings.node() + " api=" + apiUrl() + " gossip="
                + (node == null ? "none" : node.address()) + " akka=" + ServerConfig.akkaAddress(system)
                + " service-cidr=" + joined(settings.ranges().serviceCidrs()) + " clusterset-cidr="
                + joined(settings.ranges().clusterSetCidrs());
    }

    private static String joined(List<Cidr> ranges) {
        return ranges.stream().map(Cidr::toString).collect(Collectors.joining(","));
    }

    /** Waits until it has stopped, for whatever reason. */
    public void awaitEnd() {
        try {
            system.getWhenTerminated().toCompletableFuture().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            log.error("The actor system ended with an error", e);
        }
    }

    /** Stops everything in order, in bounded time. Calling it twice is harmless. */
    public void stop() {
        Duration patience = config.getDuration("weft.server.stop-timeout");
        try {
            CoordinatedShutdown.get(system)
                    .runAll(CoordinatedShutdown.clusterLeavingReason())
                    .toCompletableFuture()
                    .get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.warn("The stop was not orderly: {}", e.toString());
        }
        closeStores();
    }

    private synchronized void closeStores() {
        stores.close();
    }
}
