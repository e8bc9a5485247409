package dev.weft.deploy.server;

import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import dev.weft.deploy.client.ApiAccess;
import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.client.ClusterName;
import dev.weft.deploy.client.OwnAddress;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.deploy.terminal.Expected;
import dev.weft.proxy.ProxyNode;
import dev.weft.proxy.ProxySettings;
import dev.weft.proxy.hostaddress.HostAddresses;
import dev.weft.proxy.nftables.ChildCommands;
import dev.weft.proxy.nftables.Cleanup;
import dev.weft.proxy.nftables.Commands;
import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.proxy.view.ApiCredentials;
import dev.weft.proxy.view.HttpResourceFeed;
import dev.weft.proxy.view.HttpResourceWriter;
import dev.weft.proxy.view.ResourceWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A proxy-node alone: the wiring of a process that knows nothing but an API address. */
public final class WeftProxy {
    private static final Logger log = LoggerFactory.getLogger(WeftProxy.class);
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;

    private final Config config;
    private final ActorSystem<Void> system;
    private final HttpResourceFeed feed;
    private final ProxyNode proxy;
    private final @Nullable NodeAgent agent;
    private volatile boolean relieved;

    /**
     * What it is asked to be.
     *
     * @param api whom it follows, and as whom
     * @param zone empty if nobody said
     * @param dns where it answers DNS, {@code HOST:PORT} or {@code off}; empty for what is configured
     * @param mode how it serves services; empty for what is configured
     * @param config a file that overrides the defaults
     * @param handover where one takes over from the other that was started with the same path; empty for what is configured
     */
    public record Plan(
            ApiAccess api,
            String node,
            String zone,
            Optional<String> dns,
            Optional<String> mode,
            Optional<Path> config,
            Optional<Path> handover) {
        /** @throws CommandFailed as wrong usage, with the first thing that makes no sense */
        public Plan {
            Expected.name("--node", node);
            Expected.labelValue("--zone", zone);
            dns.ifPresent(ServerSettings::requireDns);
            mode.ifPresent(ServerSettings::requireMode);
        }
    }

    private WeftProxy(
            Config config,
            ActorSystem<Void> system,
            HttpResourceFeed feed,
            ProxyNode proxy,
            @Nullable NodeAgent agent) {
        this.config = config;
        this.system = system;
        this.feed = feed;
        this.proxy = proxy;
        this.agent = agent;
    }

    /**
     * Starts it.
     *
     * @param config what the plan says included
     * @param clusters the server's answer to a question for {@link ClusterName#CLUSTERS}
     */
    static WeftProxy begin(Plan plan, Config config, ApiClient.Reply clusters, Random random) {
        // Kubernetes says of a group that it does not have that it is forbidden, to whom not all is allowed.
        boolean ofWeft = clusters.status() != NOT_FOUND && clusters.status() != FORBIDDEN;
        String cluster = ClusterName.of(clusters);
        ProxySettings settings = ProxySettings.from(config).on(new NodeIdentity(plan.node(), plan.zone(), cluster));
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "weft-proxy", config);
        ApiCredentials credentials =
                new ApiCredentials(plan.api().tls(), plan.api().token());
        HttpResourceFeed feed = new HttpResourceFeed(plan.api().server(), credentials, settings.feed(), random);
        InstantSource clock = InstantSource.system();
        ResourceWriter writer = ofWeft
                ? new HttpResourceWriter(
                        plan.api().server(), credentials, settings.health().requestTimeout())
                : null; // any other server's objects are only listed and watched
        ProxyNode proxy = ProxyNode.start(system, settings, feed, writer, clock, random);
        WeftProxy started = new WeftProxy(config, system, feed, proxy, ofWeft ? startNode(plan, config, clock) : null);
        proxy.relieved().thenRun(() -> new Thread(started::relieved, "weft-relieved").start());
        return started;
    }

    /**
     * What {@link #cleanUp} has removed.
     *
     * @param anything whether there was anything
     * @param running the process that still runs and makes it anew; 0 for none that is known
     */
    public record Removed(boolean anything, long running) {}

    /**
     * Removes what a proxy-node has left in the kernel of this host, rules and addresses, and nothing else.
     *
     * @param config a file that overrides the defaults
     * @return what there was
     * @throws CommandFailed with one sentence, when it cannot be removed
     */
    public static Removed cleanUp(Optional<Path> config) {
        ProxySettings settings = ProxySettings.from(ServerConfig.ofProxy(config, Optional.empty(), Optional.empty()));
        try (Commands commands = new ChildCommands(settings.nftables().timeout(), System.getenv())) {
            Cleanup.Outcome outcome = Cleanup.run(settings.nftables(), commands)
                    .toCompletableFuture()
                    .join();
            if (!outcome.problem().isEmpty()) {
                throw CommandFailed.failed(outcome.problem());
            }
            int addresses = HostAddresses.cleanUp(settings.hostAddresses(), commands)
                    .toCompletableFuture()
                    .join();
            return new Removed(outcome.removed() || addresses > 0, outcome.running());
        } catch (CompletionException e) {
            throw CommandFailed.failed(
                    String.valueOf(Objects.requireNonNullElse(e.getCause(), e).getMessage()));
        }
    }

    private static NodeAgent startNode(Plan plan, Config config, InstantSource clock) {
        Duration heartbeat = config.getDuration("weft.server.node-heartbeat");
        return NodeAgent.start(
                new ApiClient(plan.api()).patient(heartbeat),
                new NodeObjects(
                        plan.node(),
                        plan.zone(),
                        OwnAddress.towards(plan.api().server()),
                        "",
                        "",
                        ServerConfig.version(),
                        NodeCapacity.own()),
                heartbeat,
                clock);
    }

    /** Whether it has its first picture of the services; waits for that for bounded time. */
    boolean awaitPicture(Duration atMost) {
        try {
            proxy.ready().toCompletableFuture().get(atMost.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop();
            throw CommandFailed.failed("interrupted at the start", e);
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    private void relieved() {
        log.info("A successor serves; this one ends when its connections have, or at the stop deadline");
        relieved = true;
        stop();
    }

    /**
     * Waits until it has stopped.
     *
     * @return whether that was since a successor has taken over
     */
    public boolean awaitEnd() {
        try {
            system.getWhenTerminated().toCompletableFuture().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            log.error("The actor system ended with an error", e);
        }
        return relieved;
    }

    /** Says of its Node that it was stopped, for bounded time; not where a successor gives the signs of life of that Node. */
    private CompletionStage<Void> leave() {
        if (agent == null) {
            return CompletableFuture.completedStage(null);
        }
        if (relieved) {
            agent.close();
            return CompletableFuture.completedStage(null);
        }
        return agent.leave()
                .toCompletableFuture()
                .completeOnTimeout(
                        null, config.getDuration("weft.server.leave-timeout").toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Lets open connections run out, for bounded time, and ends. Calling it twice is harmless. */
    public void stop() {
        CompletionStage<Void> left = leave();
        Duration patience = config.getDuration("weft.server.stop-timeout");
        try {
            proxy.stop()
                    .runAfterBoth(left, () -> {})
                    .thenCompose(drained ->
                            CoordinatedShutdown.get(system).runAll(CoordinatedShutdown.actorSystemTerminateReason()))
                    .toCompletableFuture()
                    .get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.warn("The stop was not orderly: {}", e.toString());
        }
        feed.close();
    }
}
