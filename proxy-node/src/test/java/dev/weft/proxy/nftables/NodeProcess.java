package dev.weft.proxy.nftables;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.weft.proxy.ProxyNode;
import dev.weft.proxy.ProxySettings;
import dev.weft.proxy.ProxyStatus;
import dev.weft.proxy.dataplane.BindState;
import dev.weft.proxy.hostaddress.HostAddresses;
import dev.weft.proxy.view.ResourceFeed;
import dev.weft.proxy.view.WatchedKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A proxy-node as a process, for a namespace of its own. Reads lines: a JSON object with {@code services} and {@code slices} is
 * what the API holds from then on; {@code status} prints a line of what goes on; {@code cleanup} removes the table; {@code stop} ends in
 * order and prints that it has, {@code relieved} does so when a successor has taken over. The argument is further configuration.
 */
public final class NodeProcess {
    private NodeProcess() {}

    public static void main(String[] args) throws IOException {
        Config config = ConfigFactory.parseString(args[0]).withFallback(ConfigFactory.load());
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "node", config);
        Map<String, ResourceFeed.Follower> followers = new ConcurrentHashMap<>();
        ResourceFeed feed = (path, follower) -> {
            followers.put(path, follower);
            return () -> followers.remove(path);
        };
        ProxyNode node = ProxyNode.start(
                system, ProxySettings.from(config), feed, InstantSource.system(), new SplittableRandom(1));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.equals("status")) {
                System.out.println(status(node.status()) + told(node.metrics()));
            } else if (line.equals("stop") || line.equals("relieved")) {
                if (line.equals("relieved")) {
                    node.relieved().toCompletableFuture().join();
                }
                node.stop().toCompletableFuture().join();
                System.out.println("stopped");
            } else if (line.equals("cleanup")) {
                NftablesSettings settings = ProxySettings.from(config).nftables();
                try (Commands commands = new ChildCommands(settings.timeout(), System.getenv())) {
                    HostAddresses.cleanUp(ProxySettings.from(config).hostAddresses(), commands)
                            .toCompletableFuture()
                            .join();
                    System.out.println(Cleanup.run(settings, commands)
                            .toCompletableFuture()
                            .join());
                }
            } else {
                while (followers.size() < WatchedKind.values().length) {
                    Thread.onSpinWait();
                }
                JsonNode objects = Pictures.json(line);
                follow(followers, WatchedKind.SERVICES, objects.path("services"));
                follow(followers, WatchedKind.SLICES, objects.path("slices"));
                follower(followers, WatchedKind.IMPORTS).absent("not served");
                follower(followers, WatchedKind.NODES).absent("not served");
            }
        }
        System.exit(0);
    }

    private static void follow(Map<String, ResourceFeed.Follower> followers, WatchedKind kind, JsonNode objects) {
        List<JsonNode> list = new ArrayList<>();
        objects.forEach(list::add);
        follower(followers, kind).replaced(list);
    }

    private static ResourceFeed.Follower follower(Map<String, ResourceFeed.Follower> followers, WatchedKind kind) {
        return Objects.requireNonNull(followers.get(kind.path()), kind.path());
    }

    private static String told(String metrics) {
        return " led=" + sums(metrics, "connections") + " picks=" + sums(metrics, "endpoint_connections") + " to="
                + sums(metrics, "endpoint_bytes_to") + " from=" + sums(metrics, "endpoint_bytes_from");
    }

    /** By service, or by the address of the endpoint where there is one. */
    private static Map<String, Long> sums(String metrics, String number) {
        Map<String, Long> sums = new TreeMap<>();
        metrics.lines()
                .filter(line -> line.startsWith("weft_proxy_nftables_" + number + "_total{"))
                .forEach(line -> sums.merge(
                        line.replaceAll(".*(?:endpoint=\"([^:]*):|service=\"([^\"]*)\"(?!.*endpoint)).*", "$1$2"),
                        Long.valueOf(line.substring(line.lastIndexOf(' ') + 1)),
                        Long::sum));
        return sums;
    }

    private static String status(ProxyStatus status) {
        TreeSet<String> programmed = new TreeSet<>();
        status.kernel().programmed().forEach(key -> programmed.add(key.name()));
        TreeSet<String> bound = new TreeSet<>();
        status.listeners().stream()
                .filter(listener -> listener.state() == BindState.BOUND)
                .forEach(listener -> bound.add(listener.service().name()));
        long failed = status.listeners().stream()
                .filter(listener -> !listener.reason().isEmpty())
                .count();
        return "programmed=" + programmed + " bound=" + bound + " failed=" + failed + " transactions="
                + status.kernel().transactions() + " failures="
                + status.kernel().failures() + " unavailable="
                + status.kernel().unavailable();
    }
}
