package dev.weft.proxy.nodehealth;

import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.proxy.view.ViewUpdate;
import io.netty.channel.Channel;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Answers load balancers: on every health-check node port at each of the node's addresses (rule KP-8), and under {@code
 * /healthz} and {@code /livez} where that is configured (rule KP-9). Safe for several threads.
 *
 * <p>The proxy counts as healthy from the first picture until it begins to drain; while the API is away it stays as it was.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what is handed to the loop is done, or the loop has ended
public final class NodeHealth {
    private static final int MAX_REQUEST_BYTES = 8 << 10;

    private final NodeHealthSettings settings;
    private final List<String> addresses;
    private final InstantSource clock;
    private final RandomGenerator jitter;
    private final HealthPorts ports;
    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("weft-node-health", true), NioIoHandler.newFactory());
    private final AtomicInteger open = new AtomicInteger();
    /** Changed on the loop only. */
    private final Map<InetSocketAddress, HealthSocket> sockets = new ConcurrentHashMap<>();

    private volatile Map<Integer, HealthPort> wanted = Map.of();
    private volatile Instant updated = Instant.EPOCH;
    private volatile boolean healthy;
    private volatile boolean draining;
    private volatile boolean nodeLeaving;
    private volatile @Nullable HealthSocket own;

    /** @param addresses of this node, where the health-check node ports are open */
    public NodeHealth(
            NodeHealthSettings settings,
            NodeIdentity node,
            List<String> addresses,
            InstantSource clock,
            RandomGenerator random) {
        this.settings = settings;
        this.addresses = List.copyOf(addresses);
        this.clock = clock;
        this.jitter = new SplittableRandom(random.nextLong());
        this.ports = new HealthPorts(node);
    }

    /** Binds the node's own port, where one is configured. */
    public void start() {
        if (!settings.listen().isEmpty()) {
            int colon = settings.listen().lastIndexOf(':');
            String host = settings.listen().substring(0, colon).replace("[", "").replace("]", "");
            int port = Integer.parseInt(settings.listen().substring(colon + 1));
            HealthSocket socket = socket(new InetSocketAddress(host, port), this::ofNode);
            own = socket;
            loop.execute(socket::open);
        }
    }

    /** Takes in a picture; returns at once. */
    public synchronized void apply(ViewUpdate update) {
        Map<Integer, HealthPort> now = Map.copyOf(ports.apply(update));
        boolean moved = !now.keySet().equals(wanted.keySet());
        wanted = now;
        nodeLeaving = update.view().nodeLeaving();
        updated = clock.instant();
        healthy = true;
        if (moved) {
            loop.execute(this::settle);
        }
    }

    /** From now on it tells everybody to go elsewhere. */
    public void drain() {
        draining = true;
    }

    /** Closes its sockets and ends its thread. */
    public void stop() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    /** Where {@code /healthz} is bound; 0 while it is not. */
    public int port() {
        HealthSocket socket = own;
        return socket == null ? 0 : socket.boundPort();
    }

    /** By port and address. */
    public List<HealthPortStatus> status() {
        List<HealthPortStatus> all = new ArrayList<>();
        new TreeMap<>(wanted)
                .forEach((number, port) -> addresses.forEach(address -> {
                    HealthSocket socket = sockets.get(new InetSocketAddress(address, number));
                    all.add(new HealthPortStatus(
                            port.service(),
                            address,
                            number,
                            port.localEndpoints(),
                            HealthAnswer.of(port, serving()).healthy(),
                            socket == null ? "not bound yet" : socket.problem()));
                }));
        return all;
    }

    private boolean serving() {
        return healthy && !draining;
    }

    /** Opens what is wanted and closes what is not, on the loop. */
    private void settle() {
        Map<Integer, HealthPort> now = wanted;
        sockets.forEach((address, socket) -> {
            if (!now.containsKey(address.getPort())) {
                socket.close();
                sockets.remove(address);
            }
        });
        now.keySet()
                .forEach(number -> addresses.forEach(host -> {
                    InetSocketAddress address = new InetSocketAddress(host, number);
                    if (!sockets.containsKey(address)) {
                        HealthSocket socket = socket(address, path -> ofPort(number));
                        sockets.put(address, socket);
                        socket.open();
                    }
                }));
    }

    private HealthSocket socket(InetSocketAddress address, Function<String, @Nullable HealthAnswer> answers) {
        return new HealthSocket(address, settings, loop, jitter, child -> accept(child, answers));
    }

    private @Nullable HealthAnswer ofPort(int number) {
        HealthPort port = wanted.get(number);
        return port == null ? null : HealthAnswer.of(port, serving());
    }

    private @Nullable HealthAnswer ofNode(String path) {
        return switch (path) {
            case "/healthz" -> HealthAnswer.ofNode(serving(), nodeLeaving, updated, clock.instant());
            case "/livez" -> HealthAnswer.ofProxy(serving(), updated, clock.instant());
            default -> null;
        };
    }

    private void accept(Channel child, Function<String, @Nullable HealthAnswer> answers) {
        if (open.incrementAndGet() > settings.maxConnections()) {
            open.decrementAndGet();
            child.close();
            return;
        }
        child.closeFuture().addListener(closed -> open.decrementAndGet());
        child.pipeline()
                .addLast(
                        new ReadTimeoutHandler(settings.requestTimeout().toMillis(), TimeUnit.MILLISECONDS),
                        new HttpServerCodec(),
                        new HttpObjectAggregator(MAX_REQUEST_BYTES),
                        new HealthHandler(answers));
    }
}
