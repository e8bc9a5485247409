package dev.weft.deploy.bench;

import java.util.ArrayList;
import java.util.List;

/** Watchers by the thousand, of which every one sees every change. */
final class ManyWatchersBenchmark implements Benchmark {
    private static final double PER_SECOND = 20;
    private static final double BAR_KILOBYTES = 50;

    @Override
    public String name() {
        return "watchers";
    }

    @Override
    public String about() {
        return "1,000 watchers at 20 changes a second, what one costs in memory, and whether 5,000 survive";
    }

    @Override
    public void run(Arena arena) {
        Arena.Server server = arena.server();
        try (HttpClients clients = new HttpClients(server.api())) {
            ChangeFeed feed = new ChangeFeed(clients, "watchers");
            thousand(arena, server, clients, feed);
            fiveThousand(arena, server, clients, feed);
        }
    }

    private static void thousand(Arena arena, Arena.Server server, HttpClients clients, ChangeFeed feed) {
        int count = arena.effort().count(1_000, 10);
        int changes = arena.effort().count(200, 5);
        // The server's own growth with use must not be taken for the watchers'.
        Watchers few = Watchers.open(clients, Math.min(100, count), feed.watched(), feed.listener());
        feed.change(10 * changes, 10 * PER_SECOND, Math.min(100, count));
        few.close();
        Usage before = server.usageAfterCollection();
        Watchers watchers = Watchers.open(clients, count, feed.watched(), feed.listener());
        feed.change(changes, PER_SECOND, count);
        Usage start = server.usage();
        List<EventTimes> rounds = new ArrayList<>();
        for (int round = 0; round < arena.effort().rounds(); round++) {
            rounds.add(feed.change(changes, PER_SECOND, count));
        }
        double cpu = server.usage().microsEach(start, (long) rounds.size() * changes * count);
        double kilobytes = (server.usageAfterCollection().residentKib() - before.residentKib()) * 1.024 / count;
        Figures figures = arena.figures();
        String what = "change to event, " + count + " watchers";
        figures.figure(what + ", p50", Rounds.median(rounds, times -> times.millis(50)), "ms");
        figures.atMost(what + ", p99", Rounds.median(rounds, times -> times.millis(99)), 100, "ms");
        figures.figure("processor time an event", cpu, "us");
        figures.atMost("memory a watcher", kilobytes, BAR_KILOBYTES, "kB");
        figures.atMost("watches lost", watchers.lost(), 0, "");
        watchers.close();
    }

    private static void fiveThousand(Arena arena, Arena.Server server, HttpClients clients, ChangeFeed feed) {
        int count = arena.effort().count(5_000, 20);
        Watchers watchers = Watchers.open(clients, count, feed.watched(), feed.listener());
        EventTimes times = feed.change(arena.effort().count(50, 5), 5, count);
        Figures figures = arena.figures();
        figures.figure("change to event, " + count + " watchers, 5 a second, p99", times.millis(99), "ms");
        figures.atMost("watches lost of " + count, watchers.lost(), 0, "");
        figures.figure(
                "resident memory with " + count + " watchers", server.usage().residentMib(), "MiB");
        watchers.close();
    }
}
