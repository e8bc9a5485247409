package dev.weft.deploy.bench;

/** What a change costs by the number of those who watch it. */
final class FanOutBenchmark implements Benchmark {
    private static final int[] WATCHERS = {1, 100, 1_000};

    @Override
    public String name() {
        return "fanout";
    }

    @Override
    public String about() {
        return "events to 1, 100 and 1,000 watchers: as many as the server gives, and with what memory";
    }

    @Override
    public void run(Arena arena) {
        Arena.Server server = arena.server();
        try (HttpClients clients = new HttpClients(server.api())) {
            ChangeFeed feed = new ChangeFeed(clients, "fanout");
            for (int all : WATCHERS) {
                int count = arena.effort().count(all, 1);
                // About as many events a second with many watchers, and never more than writes can be had.
                int changes = arena.effort().count(all == 1 ? 2_000 : 40_000 / all, 5);
                double perSecond = all == 1 ? 400 : 10_000.0 / all;
                Watchers watchers = Watchers.open(clients, count, feed.watched(), feed.listener());
                feed.change(changes, perSecond, count);
                Usage before = server.usage();
                EventTimes times = feed.change(changes, perSecond, count);
                double cpu = server.usage().microsEach(before, (long) changes * count);
                Figures figures = arena.figures();
                String what = count + " watchers at " + (int) perSecond + " changes a second";
                figures.figure(what + ", p50", times.millis(50), "ms");
                figures.figure(what + ", p99", times.millis(99), "ms");
                figures.figure(what + ", processor time an event", cpu, "us");
                figures.figure(what + ", resident memory", server.usage().residentMib(), "MiB");
                watchers.close();
            }
        }
    }
}
