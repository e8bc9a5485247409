package dev.weft.deploy.bench;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Open watches, each on a connection of its own. */
final class Watchers {
    private final List<HttpConnection> connections;
    private final AtomicInteger lost = new AtomicInteger();

    private Watchers(List<HttpConnection> connections) {
        this.connections = connections;
    }

    /**
     * Opens so many watches and waits until all are granted.
     *
     * @param path of the collection, with {@code watch=true}
     * @param line told each line of each watch, on the thread of the connections
     */
    static Watchers open(HttpClients clients, int count, String path, Consumer<ByteBuf> line) {
        CountDownLatch granted = new CountDownLatch(count);
        Watchers watchers = new Watchers(clients.connect(count));
        for (HttpConnection connection : watchers.connections) {
            connection.send(
                    clients.get(path), new WatchLines(line, granted::countDown, watchers.lost::incrementAndGet));
        }
        await(granted, count + " watches to be granted");
        return watchers;
    }

    /** How many have ended. */
    int lost() {
        return lost.get();
    }

    void close() {
        connections.forEach(HttpConnection::close);
    }

    /** Waits, but not for ever. */
    static void await(CountDownLatch latch, String what) {
        try {
            if (!latch.await(2, TimeUnit.MINUTES)) {
                throw new IllegalStateException("still waiting for " + latch.getCount() + " of " + what);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + what, e);
        }
    }
}
