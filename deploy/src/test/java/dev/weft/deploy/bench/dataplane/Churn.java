package dev.weft.deploy.bench.dataplane;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.weft.proxy.ProxyNode;
import dev.weft.proxy.ProxySettings;
import dev.weft.proxy.view.ResourceFeed;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A whole proxy-node over a thousand services whose endpoints turn ready and unready all the time, beside the one that is
 * measured. The API is handed over in memory, so that it is the proxy-node's own work that counts; the changes are made all
 * the time, as an API server elsewhere would make them, and a byte on the standard input says whether the proxy-node is told
 * of them ({@code 1}) or not ({@code 0}).
 */
final class Churn implements ResourceFeed {
    static final int SERVICES = 1_000;
    static final int ENDPOINTS = 10;
    static final int CHANGES_PER_SECOND = 10_000;
    private static final int TICKS_PER_SECOND = 100;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final List<JsonNode> services = new ArrayList<>();
    private final List<JsonNode> slices = new ArrayList<>();
    /** Of each service: all endpoints ready, then each of them once unready. */
    private final List<List<JsonNode>> variants = new ArrayList<>();

    private volatile Follower following = null;
    private volatile boolean telling;

    private Churn(int port, int backend) {
        services.add(service("bench", "127.0.0.1", port));
        slices.add(slice("bench", List.of("127.0.0.1"), backend, -1));
        for (int number = 0; number < SERVICES; number++) {
            String name = "service-" + number;
            services.add(service(name, "127.93." + number / 250 + "." + (1 + number % 250), 8080));
            List<String> addresses = new ArrayList<>();
            for (int endpoint = 0; endpoint < ENDPOINTS; endpoint++) {
                addresses.add("127.94." + number % 250 + "." + (1 + endpoint + ENDPOINTS * (number / 250)));
            }
            List<JsonNode> ofService = new ArrayList<>();
            for (int unready = -1; unready < ENDPOINTS; unready++) {
                ofService.add(slice(name, addresses, 9376, unready));
            }
            variants.add(ofService);
            slices.add(ofService.get(0));
        }
    }

    /** Serves until the process ends. */
    static void serve(int port, int backend, String threads) throws IOException {
        Config config = ConfigFactory.parseString("weft.proxy { mode = userspace, dns.listen = \"127.0.0.1:0\", "
                        + "dataplane.worker-threads = " + threads + " }")
                .withFallback(ConfigFactory.load());
        Churn churn = new Churn(port, backend);
        ProxyNode.start(
                ActorSystem.create(Behaviors.empty(), "churn", config),
                ProxySettings.from(config),
                churn,
                InstantSource.system(),
                new SplittableRandom(1));
        Thread changes = new Thread(churn::change, "changes");
        changes.setDaemon(true);
        changes.start();
        for (int word = System.in.read(); word >= 0; word = System.in.read()) {
            churn.telling = word == '1';
        }
    }

    private void change() {
        SplittableRandom random = new SplittableRandom(1);
        long due = System.nanoTime();
        long version = 0;
        while (true) {
            Follower to = following;
            for (int number = 0; to != null && number < CHANGES_PER_SECOND / TICKS_PER_SECOND; number++) {
                JsonNode slice =
                        written(variants.get(random.nextInt(SERVICES)).get(random.nextInt(ENDPOINTS + 1)), ++version);
                if (telling) {
                    to.changed(slice);
                }
            }
            due += TimeUnit.SECONDS.toNanos(1) / TICKS_PER_SECOND;
            LockSupport.parkNanos(Math.max(1, due - System.nanoTime()));
        }
    }

    @Override
    public Subscription follow(String path, Follower follower) {
        boolean areSlices = path.endsWith("/endpointslices");
        follower.replaced(areSlices ? slices : path.endsWith("/v1/services") ? services : List.of());
        if (areSlices) {
            following = follower;
        }
        return () -> {};
    }

    /** As of its own write. */
    private static JsonNode written(JsonNode object, long version) {
        ObjectNode written = JSON.objectNode();
        written.setAll((ObjectNode) object);
        written.replace(
                "metadata",
                ((ObjectNode) object.path("metadata")).deepCopy().put("resourceVersion", Long.toString(version)));
        return written;
    }

    private static ObjectNode object(String name) {
        ObjectNode object = JSON.objectNode();
        object.putObject("metadata")
                .put("namespace", "default")
                .put("name", name)
                .put("uid", name);
        return object;
    }

    private static JsonNode service(String name, String address, int port) {
        ObjectNode service = object(name);
        ObjectNode spec = service.putObject("spec");
        spec.put("type", "ClusterIP")
                .put("clusterIP", address)
                .putArray("clusterIPs")
                .add(address);
        spec.putArray("ports").addObject().put("name", "http").put("port", port).put("protocol", "TCP");
        return service;
    }

    private static JsonNode slice(String service, List<String> addresses, int port, int unready) {
        ObjectNode slice = object(service + "-slice");
        ((ObjectNode) slice.path("metadata")).putObject("labels").put("kubernetes.io/service-name", service);
        slice.put("addressType", "IPv4");
        ArrayNode endpoints = slice.putArray("endpoints");
        for (int number = 0; number < addresses.size(); number++) {
            boolean ready = number != unready;
            ObjectNode endpoint = endpoints.addObject();
            endpoint.putArray("addresses").add(addresses.get(number));
            endpoint.putObject("conditions")
                    .put("ready", ready)
                    .put("serving", ready)
                    .put("terminating", false);
        }
        slice.putArray("ports")
                .addObject()
                .put("name", "http")
                .put("port", port)
                .put("protocol", "TCP");
        return slice;
    }
}
