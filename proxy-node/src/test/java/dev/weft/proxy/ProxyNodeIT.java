package dev.weft.proxy;

import static dev.weft.proxy.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.ConfigFactory;
import dev.weft.proxy.dataplane.BindState;
import dev.weft.proxy.view.ResourceFeed;
import dev.weft.proxy.view.WatchedKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("a proxy-node")
@Timeout(300)
class ProxyNodeIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String VIP = "127.96.9.1";

    private final Map<String, ResourceFeed.Follower> followers = new ConcurrentHashMap<>();

    private static JsonNode json(String text) throws IOException {
        return JSON.readTree(text.replace('\'', '"'));
    }

    private static JsonNode slice(String address, int port, boolean ready) throws IOException {
        return json("{'metadata':{'namespace':'default','name':'web-1','labels':{'kubernetes.io/service-name':'web'}},"
                + "'addressType':'IPv4','ports':[{'name':'','port':" + port + ",'protocol':'TCP'}],"
                + "'endpoints':[{'addresses':['" + address + "'],'conditions':{'ready':" + ready + "}}]}");
    }

    @Test
    @DisplayName("serves a Service as the API describes it, without APIs that it can do without, until it is stopped")
    void servesAndStops() throws Exception {
        ActorTestKit kit = ActorTestKit.create();
        ResourceFeed feed = (path, follower) -> {
            followers.put(path, follower);
            return () -> followers.remove(path);
        };
        ProxySettings settings = ProxySettings.from(ConfigFactory.load());
        try (ServerSocket backend = new ServerSocket(0, 10, InetAddress.getByName("127.80.9.1"));
                ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName(VIP))) {
            int port = probe.getLocalPort();
            probe.close();
            ProxyNode node =
                    ProxyNode.start(kit.system(), settings, feed, InstantSource.system(), new SplittableRandom(1));
            await().until(() -> followers.size() == WatchedKind.values().length);
            follower(WatchedKind.SERVICES)
                    .replaced(List.of(json("{'metadata':{'namespace':'default','name':'web'},'spec':{'clusterIPs':['"
                            + VIP + "'],'ports':[{'port':" + port + "}]}}")));
            follower(WatchedKind.IMPORTS).absent("not served");
            follower(WatchedKind.NODES).absent("not served");
            assertThat(node.ready().toCompletableFuture()).isNotDone();
            follower(WatchedKind.SLICES).replaced(List.of(slice("127.80.9.1", backend.getLocalPort(), true)));
            node.ready().toCompletableFuture().get(60, TimeUnit.SECONDS);
            await().until(() -> node.status().listeners().get(0).state() == BindState.BOUND);

            try (Socket client = new Socket(VIP, port);
                    Socket served = backend.accept()) {
                client.getOutputStream().write(42);
                assertThat(served.getInputStream().read()).isEqualTo(42);
            }
            assertThat(node.status().listeners().get(0).algorithm()).isEqualTo("round-robin");

            follower(WatchedKind.SLICES).changed(slice("127.80.9.1", backend.getLocalPort(), false));
            await().until(() -> node.status().listeners().get(0).endpoints().isEmpty());

            node.stop().toCompletableFuture().get(60, TimeUnit.SECONDS);
            assertThat(node.status().listeners()).isEmpty();
            await().until(followers::isEmpty);
        } finally {
            kit.shutdownTestKit();
        }
    }

    private ResourceFeed.Follower follower(WatchedKind kind) {
        ResourceFeed.Follower follower = followers.get(kind.path());
        assertThat(follower).isNotNull();
        return follower;
    }
}
