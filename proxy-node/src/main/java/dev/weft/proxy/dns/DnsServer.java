package dev.weft.proxy.dns;

import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.proxy.view.ResourceFeed;
import dev.weft.proxy.view.ViewUpdate;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The DNS server of a node: takes pictures in, answers from them on UDP and TCP. Safe for several threads, but pictures
 * must come one after the other.
 */
public final class DnsServer {
    private final DnsSettings settings;
    private final NodeIdentity configured;
    private final InstantSource clock;
    private final DnsCounts counts = new DnsCounts();
    private final @Nullable DnsTransport transport;
    private final @Nullable DnsSockets sockets;
    private final @Nullable PodAddresses pods;
    private ResourceFeed.@Nullable Subscription podsFollowed;
    private volatile ZoneData data;

    /**
     * Prepares a server; nothing is opened before {@link #start}.
     *
     * @param node for which endpoints are near; its zone is taken from the picture when it is empty here
     * @param nanos a monotonic clock, in nanoseconds
     * @param secret draws cookies and question ids; must not be guessable, and safe for several threads
     * @throws IllegalArgumentException when a setting is out of its range
     */
    public DnsServer(
            DnsSettings settings, NodeIdentity node, InstantSource clock, LongSupplier nanos, RandomGenerator secret) {
        this.settings = settings;
        this.configured = node;
        this.clock = clock;
        InetSocketAddress listen =
                Upstreams.parse("weft.proxy.dns.listen", settings.enabled() ? settings.listen() : "127.0.0.1:0", -1);
        Zones zones = new Zones(
                settings,
                listen.getAddress().isAnyLocalAddress()
                        ? null
                        : listen.getAddress().getHostAddress());
        this.data = ZoneData.unknown(new ServiceNaming(zones, settings.ttl().toSeconds()));
        this.pods = settings.pods() == PodMode.VERIFIED ? new PodAddresses() : null;
        if (!settings.enabled()) {
            transport = null;
            sockets = null;
            return;
        }
        NameLookup lookup = new NameLookup(zones, settings.pods(), pods == null ? PodDirectory.NONE : pods);
        DnsAnswer answer = new DnsAnswer(settings, zones, lookup, new ServerCookies(secret));
        transport = DnsTransport.open(settings.nativeTransport(), settings.workerThreads());
        Forwarder forwarder = settings.forwarding().upstreams().isEmpty()
                ? null
                : new Forwarder(
                        settings.forwarding(),
                        Upstreams.of(settings.forwarding(), listen),
                        new UpstreamQuery(transport, settings.forwarding(), secret),
                        counts,
                        nanos);
        QuestionService service = new QuestionService(settings, answer, () -> data, forwarder, counts, clock, nanos);
        sockets = new DnsSockets(settings, listen, transport, service, secret);
    }

    /** Binds as soon as it can, and goes on trying; the outcome shows in the status. */
    public void start() {
        if (sockets != null) {
            sockets.open();
        }
    }

    /** Follows the Pods when pod records are to be verified. */
    public synchronized void follow(ResourceFeed feed) {
        if (pods != null && podsFollowed == null) {
            podsFollowed = feed.follow(PodAddresses.PATH, pods);
        }
    }

    /** Answers from this picture from now on; costs the services that it touches. */
    public void apply(ViewUpdate update) {
        if (!settings.enabled()) {
            return;
        }
        String zone = configured.zone().isEmpty() ? update.view().nodeZone() : configured.zone();
        NodeIdentity node = new NodeIdentity(configured.name(), zone, configured.cluster());
        data = data.updated(update, node, clock.instant().getEpochSecond());
    }

    /** What goes on; may be called at any rate that a person needs. */
    public DnsStatus status() {
        ZoneData now = data;
        return new DnsStatus(
                sockets == null ? DnsStatus.State.OFF : sockets.state(),
                sockets == null ? "" : sockets.address(),
                sockets == null ? "" : sockets.reason(),
                now.serial(),
                now.services(),
                counts.udpQuestions.sum(),
                counts.tcpQuestions.sum(),
                counts.dropped.sum(),
                counts.rateLimited.sum(),
                counts.truncated.sum(),
                counts.refused.sum(),
                counts.noSuchName.sum(),
                counts.forwarded.sum(),
                counts.fromCache.sum(),
                counts.upstreamFailures.sum(),
                sockets == null ? 0 : sockets.connections());
    }

    /** Closes everything and ends the event loops. Calling it twice is harmless. */
    public synchronized CompletionStage<Void> stop() {
        if (podsFollowed != null) {
            podsFollowed.stop();
            podsFollowed = null;
        }
        if (sockets == null || transport == null) {
            return CompletableFuture.completedFuture(null);
        }
        sockets.close();
        return transport.close();
    }
}
