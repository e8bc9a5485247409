package dev.weft.proxy.dataplane;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.NativeInetAddress;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listening socket of the kernel's on which every loop accepts: one of those that wait is woken for a connection
 * (EPOLLEXCLUSIVE). The connection stays on the loop that took it, unless another has clearly fewer.
 */
@SuppressWarnings("FutureReturnValueIgnored") // timers need no looking after
final class SocketDoor implements Door {
    private static final Logger LOG = LoggerFactory.getLogger(SocketDoor.class);

    // Linux: sys/epoll.h
    private static final int IN = 0x001;
    private static final int EXCLUSIVE = 1 << 28;
    private static final EpollIoOps ACCEPTING = EpollIoOps.valueOf(IN | EXCLUSIVE);

    /** Accepts in a row until others of the loop have their turn. */
    private static final int ROUNDS = 16;

    /** How many relays more than the loop with the fewest one may have before it gives new ones away. */
    private static final int UNEVENNESS = 4;

    private static final int PAUSE_MILLIS = 100;

    private final NativeSocket socket;
    private final List<RelayLoop> loops;
    private final DataPlaneSettings settings;
    private final Consumer<Incoming> accepted;
    private final List<Watch> watches = new ArrayList<>();
    private final AtomicInteger watching = new AtomicInteger();
    private volatile boolean closing;

    /** @param accepted told on the loop on which the connection is to be relayed */
    private SocketDoor(
            NativeSocket socket, List<RelayLoop> loops, DataPlaneSettings settings, Consumer<Incoming> accepted) {
        this.socket = socket;
        this.loops = loops;
        this.settings = settings;
        this.accepted = accepted;
    }

    /**
     * Binds and accepts from now on.
     *
     * @throws IOException what the kernel has against it, with its error number
     */
    static Door bind(
            InetSocketAddress address, List<RelayLoop> loops, DataPlaneSettings settings, Consumer<Incoming> accepted)
            throws IOException {
        NativeSocket socket = NativeSocket.of(address);
        try {
            socket.setReuseAddress(true); // as Java does: former connections are no reason to wait
            if (NativeSocket.needsFreeBind(address)) {
                socket.bindFreely();
            }
            socket.prepare(settings.keepAlive());
            socket.bind(address);
            socket.listen(settings.backlog());
        } catch (IOException e) {
            socket.closeQuietly();
            throw e;
        }
        return over(socket, loops, settings, accepted);
    }

    /** Accepts from now on on a socket that listens already. */
    static Door over(
            NativeSocket socket, List<RelayLoop> loops, DataPlaneSettings settings, Consumer<Incoming> accepted) {
        SocketDoor door = new SocketDoor(socket, loops, settings, accepted);
        door.watching.set(loops.size());
        for (RelayLoop loop : loops) {
            Watch watch = door.new Watch(loop);
            door.watches.add(watch);
            loop.loop().execute(watch::begin);
        }
        return door;
    }

    @Override
    public FileDescriptor descriptor() {
        return socket;
    }

    @Override
    public void close() {
        closing = true;
        watches.forEach(watch -> watch.at.loop().execute(watch::end));
    }

    /** One loop's part in it. Confined to the loop. */
    private final class Watch implements EpollIoHandle {
        private final RelayLoop at;
        private final byte[] client = new byte[26]; // its length, an address, a scope and a port, as Netty writes them
        private @Nullable IoRegistration registration;
        private boolean ended;
        /** Whether the last try to accept failed: that is told once, not each time. */
        private boolean troubled;

        Watch(RelayLoop at) {
            this.at = at;
        }

        void begin() {
            if (ended) {
                return;
            }
            Future<IoRegistration> registering = at.loop().register(this);
            registration = registering.getNow();
            if (registration != null) {
                registration.submit(ACCEPTING);
            }
        }

        /** The last one to leave closes: a descriptor that is closed may be another socket's at once. */
        void end() {
            if (ended) {
                return;
            }
            ended = true;
            if (registration != null) {
                registration.cancel();
            }
            if (watching.decrementAndGet() == 0) {
                acceptAll();
                socket.closeQuietly();
            }
        }

        @Override
        public FileDescriptor fd() {
            return socket;
        }

        /** By the loop, when it ends. */
        @Override
        public void close() {
            end();
        }

        @Override
        public void handle(IoRegistration from, IoEvent event) {
            if (closing) {
                return; // the last to leave takes all of them
            }
            try {
                for (int round = 0; round < ROUNDS && acceptOne(); round++) {
                    // one after the other
                }
            } catch (IOException | RuntimeException e) { // no descriptors, most of all
                if (!troubled) {
                    LOG.warn("{} accepts nothing, tried again each {} ms: {}", socket, PAUSE_MILLIS, e.toString());
                }
                troubled = true;
                pause();
            }
        }

        /** Those in the queue think that they are connected. */
        private void acceptAll() {
            try {
                int left = settings.backlog();
                while (left-- > 0 && acceptOne()) {
                    // one after the other
                }
            } catch (IOException | RuntimeException e) {
                LOG.warn("connections to {} that waited are reset", socket, e);
            }
        }

        /** @return whether there was one */
        private boolean acceptOne() throws IOException {
            int descriptor = socket.accept(client);
            if (descriptor < 0) {
                return false;
            }
            troubled = false;
            NativeSocket connection = new NativeSocket(descriptor);
            InetSocketAddress remote = NativeInetAddress.address(client, 1, client[0]);
            RelayLoop home = home().take();
            Runnable taking = () -> accepted.accept(new SocketIncoming(home, connection, remote, settings));
            if (home == at) {
                taking.run();
            } else {
                home.loop().execute(taking);
            }
            return true;
        }

        private RelayLoop home() {
            RelayLoop best = at;
            int fewest = at.relays() - UNEVENNESS;
            for (RelayLoop other : loops) {
                if (other.relays() < fewest) {
                    fewest = other.relays();
                    best = other;
                }
            }
            return best;
        }

        private void pause() {
            if (registration != null) {
                registration.cancel();
                registration = null;
            }
            at.loop().schedule(this::begin, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
