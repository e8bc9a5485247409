package dev.weft.deploy.bench;

import java.util.ArrayList;
import java.util.List;

/** From sending a change to its event on another connection. */
final class ChangeToEventBenchmark implements Benchmark {
    private static final double PER_SECOND = 200;

    @Override
    public String name() {
        return "event";
    }

    @Override
    public String about() {
        return "from sending a PATCH to the event on another connection, 200 writes a second";
    }

    @Override
    public void run(Arena arena) {
        Arena.Server server = arena.server();
        try (HttpClients clients = new HttpClients(server.api())) {
            ChangeFeed feed = new ChangeFeed(clients, "event");
            Watchers watchers = Watchers.open(clients, 1, feed.watched(), feed.listener());
            measure(arena, feed, "watching one namespace");
            watchers.close();
            String everywhere = "/api/v1/configmaps?watch=true&allowWatchBookmarks=true";
            watchers = Watchers.open(clients, 1, everywhere, feed.listener());
            measure(arena, feed, "watching all namespaces");
            watchers.close();
            arena.figures().note("Kubernetes on such a machine: p50 1.6 to 2.3 ms, p99 3 to 10 ms");
        }
    }

    private static void measure(Arena arena, ChangeFeed feed, String what) {
        int changes = arena.effort().count(2_000, 10);
        feed.change(arena.effort().count(2_000, 1), PER_SECOND, 1);
        List<EventTimes> rounds = new ArrayList<>();
        for (int round = 0; round < arena.effort().rounds(); round++) {
            rounds.add(feed.change(changes, PER_SECOND, 1));
        }
        Figures figures = arena.figures();
        figures.atMost("change to event, " + what + ", p50", Rounds.median(rounds, times -> times.millis(50)), 2, "ms");
        figures.atMost(
                "change to event, " + what + ", p99", Rounds.median(rounds, times -> times.millis(99)), 10, "ms");
    }
}
