package dev.weft.deploy.bench;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.function.Consumer;

/** Watched ConfigMaps of one namespace, changed at a steady rate. */
final class ChangeFeed {
    private static final int OBJECTS = 20;

    private final HttpClients clients;
    private final List<HttpConnection> writers;
    private final String path;
    private volatile EventTimes times = new EventTimes(1, 0, 0);
    private int next = 1;

    ChangeFeed(HttpClients clients, String namespace) {
        this.clients = clients;
        this.writers = clients.connect(8);
        this.path = "/api/v1/namespaces/" + namespace + "/configmaps";
        Loads.closedLoop(
                writers.subList(0, 1), 1, n -> clients.post("/api/v1/namespaces", Bodies.namespace(namespace)));
        Loads.closedLoop(writers, OBJECTS, n -> clients.post(path, Bodies.configMap("feed-" + n, 0)));
    }

    /** What to watch to see the changes. */
    String watched() {
        return path + "?watch=true&allowWatchBookmarks=true";
    }

    /** Told each line by every watcher. */
    Consumer<ByteBuf> listener() {
        return line -> times.line(line);
    }

    /** Changes objects so often, and waits until all watchers have seen it all. */
    EventTimes change(int changes, double perSecond, int watchers) {
        // No number twice: a patch that changes nothing makes no event.
        int first = next;
        next += changes;
        EventTimes measured = new EventTimes(first, changes, watchers);
        times = measured;
        Loads.paced(
                clients.loop(),
                writers,
                perSecond,
                changes,
                n -> clients.patch(path + "/feed-" + n % OBJECTS, Bodies.sequence(first + n)),
                n -> measured.sending(first + n));
        return measured.await();
    }
}
