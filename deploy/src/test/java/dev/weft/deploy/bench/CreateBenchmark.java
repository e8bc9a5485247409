package dev.weft.deploy.bench;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Services created through the REST API, each on disk when it is answered; beside it etcd's puts of the same bytes. */
final class CreateBenchmark implements Benchmark {
    private static final int CONNECTIONS = 64;

    /** Warm-up ends when the compilers took less than this part of a round's processor time. */
    private static final double COMPILED = 0.05;

    private static final int MOST_WARM_ROUNDS = 16;

    @Override
    public String name() {
        return "create";
    }

    @Override
    public String about() {
        return "durable creates of Services, 64 connections, and etcd's puts of as many bytes";
    }

    @Override
    public void run(Arena arena) {
        int each = arena.effort().count(12_000, 20);
        List<Load> ours = new ArrayList<>();
        List<Load> theirs = new ArrayList<>();
        List<Double> ourCpu = new ArrayList<>();
        List<Double> theirCpu = new ArrayList<>();
        Arena.Server server = arena.server();
        try (EtcdServer etcd = EtcdServer.isInstalled() ? arena.etcd() : null;
                HttpClients clients = new HttpClients(server.api())) {
            Stock stock = new Stock(clients, "create-", 32).begin();
            byte[] stored = Bodies.service("svc-100000").getBytes(StandardCharsets.UTF_8);
            warmUp(arena, server, stock, each);
            if (etcd != null) {
                etcd.puts(CONNECTIONS, each, "/registry/services/warm/svc-", n -> stored);
            }
            for (int round = 0; round < arena.effort().rounds(); round++) {
                if (etcd != null) {
                    Usage before = etcd.usage();
                    theirs.add(etcd.puts(CONNECTIONS, each, "/registry/services/" + round + "/svc-", n -> stored));
                    theirCpu.add(etcd.usage().microsEach(before, each));
                }
                Usage before = server.usage();
                ours.add(stock.services(round * each, each));
                ourCpu.add(server.usage().microsEach(before, each));
            }
        }
        print(arena.figures(), ours, ourCpu, theirs, theirCpu);
    }

    /** Creates, and deletes again, until the server's code is compiled; says how fast it was before. */
    private static void warmUp(Arena arena, Arena.Server server, Stock stock, int each) {
        boolean compiled = false;
        for (int round = 0; round < MOST_WARM_ROUNDS && !compiled; round++) {
            long cpu = server.usage().cpuMillis();
            long compilers = server.compilerMillis();
            Load load = stock.services(0, each);
            compiled = server.compilerMillis() - compilers
                    < COMPILED * (server.usage().cpuMillis() - cpu);
            if (round == 0) {
                arena.figures().figure("creates, the first " + each + " of a fresh process", load.perSecond(), "/s");
            }
            stock.remove(0, each);
        }
    }

    private static void print(
            Figures figures, List<Load> ours, List<Double> ourCpu, List<Load> theirs, List<Double> theirCpu) {
        figures.atLeast("creates", Rounds.median(ours, Load::perSecond), 3000, "/s");
        figures.figure("creates p50", Rounds.median(ours, load -> load.millis(50)), "ms");
        figures.atMost("creates p99", Rounds.median(ours, load -> load.millis(99)), 50, "ms");
        figures.figure("processor time a create", Rounds.median(ourCpu, cpu -> cpu), "us");
        if (theirs.isEmpty()) {
            figures.note("etcd is not installed (Debian: etcd-server), so there is nothing to compare with");
            return;
        }
        figures.figure("etcd puts", Rounds.median(theirs, Load::perSecond), "/s");
        figures.figure("etcd puts p99", Rounds.median(theirs, load -> load.millis(99)), "ms");
        figures.figure("processor time an etcd put", Rounds.median(theirCpu, cpu -> cpu), "us");
        double[] ratios = new double[ours.size()];
        for (int round = 0; round < ratios.length; round++) {
            ratios[round] = ours.get(round).perSecond() / theirs.get(round).perSecond();
        }
        figures.atLeast("creates for each etcd put", Figures.median(ratios), 0.5, "x");
    }
}
