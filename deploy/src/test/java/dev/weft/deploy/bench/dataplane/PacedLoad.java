package dev.weft.deploy.bench.dataplane;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Asks at a fixed rate, whatever the answers do, and counts latency from the time at which a question was due: a proxy that
 * stalls is charged for all that had to wait meanwhile.
 */
final class PacedLoad {
    private static final byte[] QUESTION = "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** Where nothing is to be done; it adds so much to every latency, of whatever is measured. */
    private static final long PAUSE_NANOS = 20_000;

    private PacedLoad() {}

    /** @param p99Micros from the due time of a question to its answer */
    record Result(double p50Micros, double p99Micros, int unanswered) {}

    private static final class Connection {
        final SocketChannel channel;
        long dueNanos;

        Connection(SocketChannel channel) {
            this.channel = channel;
        }
    }

    static Result run(int port, int connections, double perSecond, double seconds) throws IOException {
        List<SocketChannel> all = new ArrayList<>();
        try (Selector selector = Selector.open()) {
            Deque<Connection> free = new ArrayDeque<>();
            for (int number = 0; number < connections; number++) {
                SocketChannel channel =
                        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                channel.socket().setTcpNoDelay(true);
                channel.configureBlocking(false);
                Connection connection = new Connection(channel);
                channel.register(selector, SelectionKey.OP_READ, connection);
                all.add(channel);
                free.add(connection);
            }
            return ask(selector, free, perSecond, seconds);
        } finally {
            for (SocketChannel channel : all) {
                channel.close();
            }
        }
    }

    private static Result ask(Selector selector, Deque<Connection> free, double perSecond, double seconds)
            throws IOException {
        long[] latencies = new long[(int) (perSecond * seconds) + 1];
        int asked = 0;
        int answered = 0;
        ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
        long start = System.nanoTime();
        long end = start + (long) (seconds * 1e9);
        long grace = end + 2_000_000_000L;
        while (answered < asked || System.nanoTime() < end) {
            long now = System.nanoTime();
            if (now > grace) {
                break;
            }
            while (asked < latencies.length && now < end && due(start, asked, perSecond) <= now && !free.isEmpty()) {
                Connection connection = free.remove();
                connection.dueNanos = due(start, asked++, perSecond);
                connection.channel.write(ByteBuffer.wrap(QUESTION));
            }
            if (selector.selectNow() == 0) {
                LockSupport.parkNanos(PAUSE_NANOS); // whoever spins takes the processor that he measures
            }
            for (SelectionKey key : selector.selectedKeys()) {
                Connection connection = (Connection) key.attachment();
                buffer.clear();
                if (connection.channel.read(buffer) > 0 && answered < latencies.length) {
                    latencies[answered++] = System.nanoTime() - connection.dueNanos;
                    free.add(connection);
                }
            }
            selector.selectedKeys().clear();
        }
        long[] sorted = Arrays.copyOf(latencies, answered);
        Arrays.sort(sorted);
        return answered == 0
                ? new Result(Double.NaN, Double.NaN, asked)
                : new Result(sorted[answered / 2] / 1e3, sorted[(int) (answered * 0.99)] / 1e3, asked - answered);
    }

    private static long due(long start, int number, double perSecond) {
        return start + (long) (number / perSecond * 1e9);
    }
}
