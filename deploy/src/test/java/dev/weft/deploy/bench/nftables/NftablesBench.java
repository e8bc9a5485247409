package dev.weft.deploy.bench.nftables;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.weft.proxy.balance.Algorithm;
import dev.weft.proxy.nftables.ChildCommands;
import dev.weft.proxy.nftables.KernelPath;
import dev.weft.proxy.nftables.NftablesSettings;
import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.proxy.view.ServiceView;
import dev.weft.proxy.view.ViewBatch;
import dev.weft.proxy.view.ViewUpdate;
import dev.weft.proxy.view.WatchedKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * How long the kernel mode takes to program so many Services of ten endpoints each from nothing, and one endpoint's change;
 * see {@code deploy/bench/nftables}. For a network namespace of its own: it programs the kernel that it runs on.
 */
public final class NftablesBench {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ENDPOINTS = 10;
    private static final int WARMING = 20;
    private static final int CHANGES = 60;
    private static final double BAR_ALL_SECONDS = 5;
    private static final double BAR_CHANGE_MILLIS = 10;

    private final String algorithm;

    private NftablesBench(String algorithm) {
        this.algorithm = algorithm;
    }

    /** Numbers of Services; by default 10 to 10,000. */
    public static void main(String[] arguments) throws Exception {
        List<Integer> counts = arguments.length == 0
                ? List.of(10, 100, 1_000, 10_000)
                : Arrays.stream(arguments).map(Integer::valueOf).toList();
        boolean held = true;
        System.out.println(
                "services  algorithm     all of them (s)   one endpoint's change, median / worst tenth (ms)");
        for (String algorithm : List.of("round-robin", "random")) {
            for (int count : counts) {
                held &= new NftablesBench(algorithm).measure(count);
            }
        }
        System.out.println(held ? "every bar is reached" : "a bar is missed");
        System.exit(held ? 0 : 1);
    }

    private boolean measure(int count) throws IOException, InterruptedException {
        Config config = ConfigFactory.parseString("weft.proxy.mode = nftables, akka.loglevel = WARNING")
                .withFallback(ConfigFactory.load());
        NftablesSettings settings = NftablesSettings.from(config.getConfig("weft.proxy"));
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "bench", config);
        KernelPath path = new KernelPath(
                settings,
                new NodeIdentity("bench", "", ""),
                List.of(),
                Algorithm.ROUND_ROBIN,
                new ChildCommands(settings.timeout(), System.getenv()));
        path.start(system, services -> {}, new SplittableRandom(1));
        List<JsonNode> services = new ArrayList<>();
        List<JsonNode> slices = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            services.add(service(number));
            slices.add(slice(number, 0));
        }
        ServiceView view = ServiceView.empty("bench");

        long start = System.nanoTime();
        ViewUpdate first = view.apply(List.of(
                new ViewBatch(WatchedKind.SERVICES, services, Map.of()),
                new ViewBatch(WatchedKind.SLICES, slices, Map.of())));
        path.apply(new ViewUpdate(first.view(), first.view().keys(), true));
        await(path, 1);
        double seconds = (System.nanoTime() - start) / 1e9;

        view = first.view();
        double[] millis = new double[CHANGES];
        for (int change = 0; change < WARMING + CHANGES; change++) {
            int number = change * 7919 % count;
            JsonNode changed = slice(number, change + 1);
            long before = path.transactions();
            long began = System.nanoTime();
            ViewUpdate update = view.apply(List.of(new ViewBatch(
                    WatchedKind.SLICES, null, Map.of("default/svc-" + number, new ViewBatch.Change(changed, false)))));
            path.apply(update);
            await(path, before + 1);
            if (change >= WARMING) {
                millis[change - WARMING] = (System.nanoTime() - began) / 1e6;
            }
            view = update.view();
        }
        path.stop();
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
        new ProcessBuilder("nft", "delete", "table", "inet", settings.table())
                .start()
                .waitFor();
        Arrays.sort(millis);
        double median = millis[CHANGES / 2];
        System.out.printf(
                "%8d  %-12s  %15.2f   %.1f / %.1f%n", count, algorithm, seconds, median, millis[CHANGES * 9 / 10]);
        return seconds <= BAR_ALL_SECONDS && median <= BAR_CHANGE_MILLIS;
    }

    private static void await(KernelPath path, long transactions) {
        while (path.transactions() < transactions) {
            LockSupport.parkNanos(50_000);
            if (path.failures() > 0) {
                throw new IllegalStateException(
                        "the kernel refused: " + path.status().unavailable());
            }
        }
    }

    private JsonNode service(int number) throws IOException {
        return json("{'metadata':{'namespace':'default','name':'svc-" + number
                + "','annotations':{'mesh.weft.dev/algorithm':'" + algorithm + "'}},'spec':{'clusterIPs':['10.96."
                + (number >> 8) + "." + (number & 255) + "'],'ports':[{'port':80}]}}");
    }

    /** @param version makes the last endpoint another */
    private static JsonNode slice(int number, int version) throws IOException {
        StringBuilder endpoints = new StringBuilder();
        for (int endpoint = 0; endpoint < ENDPOINTS; endpoint++) {
            int last = endpoint == ENDPOINTS - 1 ? 100 + version : endpoint + 1;
            endpoints
                    .append(endpoint == 0 ? "" : ",")
                    .append("{'addresses':['10.")
                    .append(128 + (number >> 8))
                    .append('.')
                    .append(number & 255)
                    .append('.')
                    .append(last)
                    .append("']}");
        }
        return json("{'metadata':{'namespace':'default','name':'svc-" + number
                + "','labels':{'kubernetes.io/service-name':'svc-" + number
                + "'}},'addressType':'IPv4','ports':[{'name':'','protocol':'TCP','port':8080}],'endpoints':["
                + endpoints + "]}");
    }

    private static JsonNode json(String text) throws IOException {
        return JSON.readTree(text.replace('\'', '"'));
    }
}
