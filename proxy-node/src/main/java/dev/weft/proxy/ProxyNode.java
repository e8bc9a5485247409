package dev.weft.proxy;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AskPattern;
import dev.weft.proxy.balance.Algorithm;
import dev.weft.proxy.dataplane.CheckMeans;
import dev.weft.proxy.dataplane.DataPlane;
import dev.weft.proxy.dataplane.DataPlaneActor;
import dev.weft.proxy.dns.DnsServer;
import dev.weft.proxy.health.HealthActor;
import dev.weft.proxy.health.NettyProber;
import dev.weft.proxy.hostaddress.HostAddresses;
import dev.weft.proxy.hostaddress.OwnAddresses;
import dev.weft.proxy.metrics.KernelNumbers;
import dev.weft.proxy.metrics.MetricsServer;
import dev.weft.proxy.metrics.MetricsSettings;
import dev.weft.proxy.metrics.MetricsText;
import dev.weft.proxy.nftables.ChildCommands;
import dev.weft.proxy.nftables.Commands;
import dev.weft.proxy.nftables.KernelPath;
import dev.weft.proxy.nftables.KernelStatus;
import dev.weft.proxy.nftables.KernelTraffic;
import dev.weft.proxy.nodehealth.NodeHealth;
import dev.weft.proxy.view.ResourceFeed;
import dev.weft.proxy.view.ResourceWriter;
import dev.weft.proxy.view.ServiceEntry;
import dev.weft.proxy.view.ServiceKey;
import dev.weft.proxy.view.ViewSource;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running proxy-node: follows an API and serves every Service and ServiceImport with an address on this host.
 *
 * <p>While the API is away the last picture stays in use.
 */
public final class ProxyNode {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyNode.class);
    /** Much longer than the data plane's actor ever takes for what it has been told. */
    private static final Duration CATCHING_UP = Duration.ofSeconds(5);

    private final ProxySettings settings;
    private final DataPlane dataPlane;
    private final DnsServer dns;
    private final KernelPath kernel;
    private final NodeHealth nodeHealth;
    private final HostAddresses hostAddresses;
    private final ActorRef<DataPlaneActor.Command> actor;
    private final @Nullable ActorRef<HealthActor.Command> health;
    private final CompletableFuture<Void> pictured;
    private final @Nullable MetricsServer metrics;
    private final Instant started;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final CompletableFuture<Void> relieved = new CompletableFuture<>();
    private final AtomicReference<@Nullable Runnable> offering = new AtomicReference<>();

    private ProxyNode(
            ProxySettings settings,
            DataPlane dataPlane,
            DnsServer dns,
            KernelPath kernel,
            NodeHealth nodeHealth,
            HostAddresses hostAddresses,
            ActorRef<DataPlaneActor.Command> actor,
            @Nullable ActorRef<HealthActor.Command> health,
            CompletableFuture<Void> pictured,
            @Nullable MetricsServer metrics,
            Instant started) {
        this.settings = settings;
        this.dataPlane = dataPlane;
        this.dns = dns;
        this.kernel = kernel;
        this.nodeHealth = nodeHealth;
        this.hostAddresses = hostAddresses;
        this.actor = actor;
        this.health = health;
        this.pictured = pictured;
        this.metrics = metrics;
        this.started = started;
    }

    /** The same without a way to write to the API: no endpoints are checked. */
    public static ProxyNode start(
            ActorSystem<?> system,
            ProxySettings settings,
            ResourceFeed feed,
            InstantSource clock,
            RandomGenerator random) {
        return start(system, settings, feed, null, clock, random);
    }

    /**
     * Starts following and listening; returns at once.
     *
     * @param writer by which the health of endpoints without a selector is written down; null to check none
     * @param clock the wall clock; durations are taken from the JVM's monotonic clock, which no clock step disturbs
     * @param random seeds the balancers' choices and the jitter of retries
     */
    public static ProxyNode start(
            ActorSystem<?> system,
            ProxySettings settings,
            ResourceFeed feed,
            @Nullable ResourceWriter writer,
            InstantSource clock,
            RandomGenerator random) {
        CompletableFuture<Void> pictured = new CompletableFuture<>();
        Instant started = clock.instant();
        CheckMeans checking =
                new CheckMeans(settings.health().defaults(), settings.health().maxInFlight(), NettyProber::new);
        DataPlane dataPlane =
                new DataPlane(settings.dataPlane(), settings.balance(), System::nanoTime, random, checking);
        settings.handover().ifPresent(socket -> inherit(dataPlane, socket));
        DnsServer dns = new DnsServer(settings.dns(), settings.node(), clock, System::nanoTime, new SecureRandom());
        dns.start();
        dns.follow(feed);
        KernelPath kernel = kernelPath(settings);
        NodeHealth nodeHealth = new NodeHealth(
                settings.nodeHealth(), settings.node(), settings.dataPlane().nodeAddresses(), clock, random);
        nodeHealth.start();
        HostAddresses hostAddresses = new HostAddresses(
                settings.hostAddresses(),
                kernel::leaves,
                dataPlane::addressesInUse,
                new OwnAddresses(settings.dataPlane().nodeAddresses()),
                settings.handover().isPresent() // the predecessor begins to drain somewhat later than this one begins
                        ? settings.stopDeadline().plus(settings.dataPlane().drainDeadline())
                        : Duration.ZERO,
                KernelPath.mayChangeNetwork(),
                commands(settings));
        CompletableFuture<ActorRef<DataPlaneActor.Command>> steering = new CompletableFuture<>();
        CompletionStage<ActorRef<DataPlaneActor.Command>> steered = steering;
        Consumer<Set<ServiceKey>> changed = services -> {
            steered.thenAccept(actor -> actor.tell(DataPlaneActor.again(services)));
            hostAddresses.again(services);
        };
        kernel.start(
                system,
                changed,
                service -> dataPlane.isBound(service) && hostAddresses.isSettled(),
                clock,
                new SplittableRandom(random.nextLong()));
        ActorRef<DataPlaneActor.Command> actor = system.systemActorOf(
                DataPlaneActor.create(
                        dataPlane,
                        settings.dataPlane().nodeAddresses(),
                        settings.node(),
                        new ViewSource(feed, settings.pace(), podWeights(settings, writer)),
                        kernel,
                        update -> {
                            hostAddresses.apply(update); // before the kernel gives up what is at them
                            kernel.apply(update);
                            dns.apply(update);
                            nodeHealth.apply(update);
                            pictured.complete(null);
                        }),
                "weft-proxy",
                Props.empty());
        steering.complete(actor);
        ActorRef<HealthActor.Command> health = writer == null
                        || !settings.health().enabled()
                ? null
                : system.systemActorOf(checks(settings, feed, writer, clock, random), "weft-health", Props.empty());
        ProxyNode node = new ProxyNode(
                settings,
                dataPlane,
                dns,
                kernel,
                nodeHealth,
                hostAddresses,
                actor,
                health,
                pictured,
                metrics(settings, dataPlane, kernel),
                started);
        settings.handover().ifPresent(socket -> node.succeed(socket, system));
        return node;
    }

    private static void inherit(DataPlane dataPlane, Path socket) {
        dataPlane
                .inherit(socket)
                .thenAccept(number -> LOG.info("took {} listening sockets from a predecessor", number));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // told by itself
    private void succeed(Path socket, ActorSystem<?> system) {
        pictured.thenCompose(first -> kernel.settled())
                .thenCompose(settled -> caughtUp(system))
                .thenCompose(serving -> dataPlane.succeed(socket, () -> relieved.complete(null)))
                .whenComplete((closing, failure) -> {
                    if (closing != null) {
                        offering.set(closing);
                        if (stopping.get()) {
                            closing.run();
                        }
                    } else {
                        LOG.warn("no successor can take over at {}: {}", socket, String.valueOf(failure));
                    }
                });
    }

    /** What the kernel turned out not to serve has listeners then, which are being bound; restarts may lose the question. */
    private CompletionStage<Done> caughtUp(ActorSystem<?> system) {
        return AskPattern.ask(actor, DataPlaneActor::caughtUp, CATCHING_UP, system.scheduler())
                .exceptionally(late -> Done.getInstance());
    }

    /** Weft's own server, the only one that is written to, tells the weights of Pods by slices. */
    private static Predicate<ServiceEntry> podWeights(ProxySettings settings, @Nullable ResourceWriter writer) {
        Algorithm otherwise = settings.balance().defaultAlgorithm();
        return entry -> writer == null
                && Optional.ofNullable(entry.algorithm())
                        .flatMap(Algorithm::named)
                        .orElse(otherwise)
                        .heedsWeights();
    }

    private static KernelPath kernelPath(ProxySettings settings) {
        return new KernelPath(
                settings.nftables(),
                settings.node(),
                settings.dataPlane().nodeAddresses(),
                settings.balance().defaultAlgorithm(),
                commands(settings),
                settings.handover().isPresent());
    }

    private static Commands commands(ProxySettings settings) {
        return new ChildCommands(settings.nftables().timeout(), System.getenv());
    }

    private static @Nullable MetricsServer metrics(ProxySettings settings, DataPlane dataPlane, KernelPath kernel) {
        if (settings.metrics().listen().isEmpty()) {
            return null;
        }
        MetricsServer server =
                new MetricsServer(settings.metrics(), () -> metrics(dataPlane, kernel, settings.metrics()));
        server.start();
        return server;
    }

    private static String metrics(DataPlane dataPlane, KernelPath kernel, MetricsSettings settings) {
        KernelStatus status = kernel.status();
        KernelTraffic traffic = kernel.traffic();
        KernelNumbers numbers = new KernelNumbers(
                status.unavailable().isEmpty(),
                status.programmed().size(),
                status.left().size(),
                status.transactions(),
                status.failures(),
                traffic.at(),
                traffic.listeners().stream()
                        .map(led -> new KernelNumbers.Led(led.service(), led.key(), led.connections()))
                        .toList(),
                traffic.endpoints().stream()
                        .map(each -> new KernelNumbers.Endpoint(
                                each.service(),
                                each.listener(),
                                each.address(),
                                each.cluster(),
                                each.connections(),
                                each.bytes()))
                        .toList());
        return MetricsText.of(dataPlane.status(), dataPlane.picks(), dataPlane.openConnections(), numbers, settings);
    }

    private static Behavior<HealthActor.Command> checks(
            ProxySettings settings,
            ResourceFeed feed,
            ResourceWriter writer,
            InstantSource clock,
            RandomGenerator random) {
        String identity = settings.node().name() + "_" + Long.toHexString(random.nextLong());
        return HealthActor.create(
                settings.health(),
                new HealthActor.Parts(identity, feed, writer, new NettyProber(), clock, System::nanoTime, random));
    }

    /** Completes when the first picture of the services is in force (their listeners are being bound). */
    public CompletionStage<Void> ready() {
        return pictured.minimalCompletionStage();
    }

    /** What goes on; may be called at any rate that a person needs. */
    public ProxyStatus status() {
        return new ProxyStatus(
                settings.node().name(),
                started,
                pictured.isDone(),
                dataPlane.transportName(),
                dataPlane.openConnections(),
                dataPlane.status(),
                dns.status(),
                kernel.status(),
                nodeHealth.status());
    }

    /** Completes when a successor has taken over the listening sockets and serves: then this one is to be stopped. */
    public CompletionStage<Void> relieved() {
        return relieved.minimalCompletionStage();
    }

    /** The numbers of the data plane, as Prometheus reads them. */
    public String metrics() {
        return metrics(dataPlane, kernel, settings.metrics());
    }

    /** Accepts nothing more; completes when the open connections have ended, after the stop deadline at the latest. */
    public CompletionStage<Void> drain() {
        return drain(settings.stopDeadline());
    }

    /** Drains, then frees everything. Calling it twice is harmless. */
    public CompletionStage<Void> stop() {
        if (!stopping.compareAndSet(false, true)) {
            return CompletableFuture.completedFuture(null);
        }
        if (metrics != null) {
            metrics.stop();
        }
        Runnable closing = offering.get();
        if (closing != null) {
            closing.run();
        }
        return drain().thenCompose(drained -> giveUpAddresses())
                .thenCompose(left -> dns.stop())
                .thenCompose(silent -> {
                    nodeHealth.stop();
                    return dataPlane.stop();
                });
    }

    private CompletionStage<Void> giveUpAddresses() {
        if (relieved.isDone()) {
            hostAddresses.leave();
            return CompletableFuture.completedFuture(null);
        }
        return hostAddresses.takeOff(kernel.status().programmed());
    }

    private CompletionStage<Void> drain(Duration deadline) {
        actor.tell(DataPlaneActor.stop());
        kernel.stop();
        hostAddresses.stop();
        nodeHealth.drain();
        if (health != null) {
            health.tell(HealthActor.stop());
        }
        return dataPlane.drain(deadline);
    }
}
