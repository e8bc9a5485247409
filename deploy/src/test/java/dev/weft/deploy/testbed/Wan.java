package dev.weft.deploy.testbed;

import dev.weft.gossip.HostPort;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The ways between the gossip of servers: each is reached through a relay here, and each way between two can be cut, as by
 * a network that loses every packet: connections stay open and carry nothing, and go on where they stood when it is mended.
 *
 * <p>Who calls a relay is told by the table of sockets that Linux keeps of each process.
 */
public final class Wan implements AutoCloseable {
    private static final int BUFFER = 64 << 10;

    private final Map<TestServer, ServerSocket> relays = new LinkedHashMap<>();
    private final Set<Socket> open = new HashSet<>();
    private final Set<Set<TestServer>> cut = new HashSet<>();
    private final Map<Set<TestServer>, AtomicLong> carried = new LinkedHashMap<>();
    private boolean closed;

    /** Puts a relay before each server. What it is to advertise is {@link #relay}. */
    @SuppressWarnings("AddressSelection") // a literal address has no alternatives
    public Wan(List<TestServer> servers) {
        for (TestServer server : servers) {
            try {
                ServerSocket relay = new ServerSocket();
                relay.bind(new InetSocketAddress(server.host(), 0));
                relays.put(server, relay);
                daemon("relay to " + server.name(), () -> accept(server, relay));
            } catch (IOException e) {
                throw new UncheckedIOException("no relay to " + server.name(), e);
            }
        }
    }

    /** Where others reach a server. */
    public HostPort relay(TestServer server) {
        ServerSocket relay = relays.get(server);
        if (relay == null) {
            throw new IllegalArgumentException(server.name() + " has no relay");
        }
        return new HostPort(server.host(), relay.getLocalPort());
    }

    /** Cuts every way between a server of the one list and one of the other. */
    public void cut(List<TestServer> one, List<TestServer> other) {
        set(one, other, true);
    }

    /** Undoes {@link #cut}. */
    public void mend(List<TestServer> one, List<TestServer> other) {
        set(one, other, false);
    }

    private synchronized void set(List<TestServer> one, List<TestServer> other, boolean off) {
        for (TestServer from : one) {
            for (TestServer to : other) {
                if (off) {
                    cut.add(Set.of(from, to));
                } else {
                    cut.remove(Set.of(from, to));
                }
            }
        }
        notifyAll();
    }

    /** How many bytes went between two servers, either way. */
    public synchronized long carried(TestServer one, TestServer other) {
        AtomicLong bytes = carried.get(Set.of(one, other));
        return bytes == null ? 0 : bytes.get();
    }

    private void accept(TestServer to, ServerSocket relay) {
        while (true) {
            Socket caller;
            try {
                caller = relay.accept();
            } catch (IOException e) {
                return; // the test is over
            }
            daemon("relayed to " + to.name(), () -> relay(caller, to));
        }
    }

    @SuppressWarnings("AddressSelection") // a literal address has no alternatives
    private void relay(Socket caller, TestServer to) {
        Socket called = new Socket();
        try (caller;
                called) {
            TestServer from = owner(caller);
            if (from == null || !opened(caller, called)) {
                return;
            }
            Set<TestServer> way = Set.of(from, to);
            AtomicLong bytes = count(way);
            called.connect(new InetSocketAddress(to.gossip().host(), to.gossip().port()));
            caller.setTcpNoDelay(true);
            called.setTcpNoDelay(true);
            Thread back = daemon("relayed from " + to.name(), () -> pump(called, caller, way, bytes));
            pump(caller, called, way, bytes);
            back.join();
        } catch (IOException e) {
            // nobody listens there at the moment: the caller sees a connection that ends
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            forget(caller, called);
        }
    }

    private synchronized boolean opened(Socket caller, Socket called) {
        open.add(caller);
        open.add(called);
        return !closed;
    }

    private synchronized void forget(Socket caller, Socket called) {
        open.remove(caller);
        open.remove(called);
    }

    private synchronized AtomicLong count(Set<TestServer> way) {
        return carried.computeIfAbsent(way, none -> new AtomicLong());
    }

    /** Carries bytes one way until either side ends; then both are closed. */
    private void pump(Socket from, Socket to, Set<TestServer> way, AtomicLong bytes) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                awaitWay(way);
                out.write(buffer, 0, read);
                bytes.addAndGet(read);
            }
            awaitWay(way); // the end is a packet, too
        } catch (IOException e) {
            // one side hung up
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void awaitWay(Set<TestServer> way) throws InterruptedException {
        while (cut.contains(way) && !closed) {
            wait();
        }
    }

    /** The server whose process has the other end of a connection; null if it is gone again. */
    private @Nullable TestServer owner(Socket accepted) throws IOException {
        String socket = "socket:[" + inode(accepted.getPort(), accepted.getLocalPort()) + "]";
        for (TestServer server : relays.keySet()) {
            Path held = Path.of("/proc", String.valueOf(server.running().pid()), "fd");
            if (!Files.isDirectory(held)) {
                continue;
            }
            try (Stream<Path> all = Files.list(held)) {
                if (all.anyMatch(each -> target(each).equals(socket))) {
                    return server;
                }
            } catch (UncheckedIOException e) {
                // it ended while it was looked at
            }
        }
        return null;
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return ""; // closed while it was looked at
        }
    }

    private static String inode(int local, int remote) throws IOException {
        String ports = ":%04X".formatted(local);
        String peers = ":%04X".formatted(remote);
        for (String table : List.of("/proc/net/tcp6", "/proc/net/tcp")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] fields = line.strip().split("\\s+", -1);
                if (fields.length > 9 && fields[1].endsWith(ports) && fields[2].endsWith(peers)) {
                    return fields[9];
                }
            }
        }
        return "none";
    }

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Override
    public void close() {
        List<AutoCloseable> all;
        synchronized (this) {
            closed = true;
            notifyAll();
            all = new ArrayList<>(relays.values());
            all.addAll(open);
        }
        for (AutoCloseable each : all) {
            try {
                each.close();
            } catch (Exception e) {
                // it is closed in any case
            }
        }
    }
}
