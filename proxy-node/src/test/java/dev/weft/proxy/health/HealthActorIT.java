package dev.weft.proxy.health;

import static dev.weft.proxy.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("checks of endpoints without a selector, over real sockets,")
@Timeout(300)
class HealthActorIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ActorTestKit kit = ActorTestKit.create();
    private final TestApi api = new TestApi();
    private final List<AutoCloseable> closing = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        kit.shutdownTestKit();
        for (AutoCloseable each : closing) {
            each.close();
        }
    }

    private static ObjectNode json(String text) throws IOException {
        return (ObjectNode) JSON.readTree(text.replace('\'', '"'));
    }

    private ActorRef<HealthActor.Command> node(String name) {
        HealthSettings settings = HealthSettings.from(ConfigFactory.parseString("lease-duration = 2s, timeout = 30s")
                .withFallback(ConfigFactory.defaultReference().getConfig("weft.proxy.health"))
                .resolve());
        return kit.spawn(
                HealthActor.create(
                        settings,
                        new HealthActor.Parts(
                                name,
                                api,
                                api.writer(name),
                                new NettyProber(),
                                InstantSource.system(),
                                System::nanoTime,
                                new SplittableRandom(name.hashCode()))),
                name);
    }

    private void service(String check) throws IOException {
        api.put(
                TestApi.SERVICES,
                json("{'metadata':{'namespace':'d','name':'web','annotations':{'mesh.weft.dev/health-check':'" + check
                        + "','mesh.weft.dev/health-check-interval':'300ms'}},'spec':{'ports':[{'port':80}]}}"));
    }

    private void slice(int port, String... addresses) throws IOException {
        List<String> endpoints = new ArrayList<>();
        for (String address : addresses) {
            endpoints.add("{'addresses':['" + address + "'],'hostname':'h'}");
        }
        api.put(
                TestApi.SLICES,
                json("{'metadata':{'namespace':'d','name':'web-1','labels':{'kubernetes.io/service-name':'web'}},"
                        + "'addressType':'IPv4','ports':[{'name':'','port':" + port
                        + ",'protocol':'TCP'}],'endpoints':["
                        + String.join(",", endpoints) + "]}"));
    }

    private JsonNode endpoint(int index) {
        return api.object(TestApi.SLICES, "d/web-1").path("endpoints").path(index);
    }

    private void awaitReady(int index, boolean ready) {
        await().untilAsserted(() -> assertThat(
                        endpoint(index).path("conditions").path("ready").asBoolean(true))
                .isEqualTo(ready));
    }

    @Test
    @DisplayName("write what HTTP answers say, and touch nothing else")
    void http() throws Exception {
        AtomicInteger status = new AtomicInteger(500);
        HttpServer server = HttpServer.create(new InetSocketAddress("127.138.1.1", 0), 10);
        server.createContext("/healthz", exchange -> {
            exchange.sendResponseHeaders(status.get(), -1);
            exchange.close();
        });
        server.start();
        closing.add(() -> server.stop(0));
        service("http:/healthz");
        slice(server.getAddress().getPort(), "127.138.1.1", "127.138.1.2");
        node("one");

        awaitReady(0, false);
        awaitReady(1, false); // nobody listens there
        status.set(204);
        awaitReady(0, true);
        assertThat(endpoint(0).path("hostname").asText()).isEqualTo("h");
        assertThat(endpoint(1).path("conditions").path("ready").asBoolean(true)).isFalse();
        assertThat(api.lateWrites()).isZero();
    }

    @Test
    @DisplayName("are carried out by one node, and by another when that one dies or stops")
    void takeover() throws Exception {
        try (ServerSocket backend = new ServerSocket(0, 50, InetAddress.getByName("127.138.2.1"))) {
            service("tcp");
            slice(backend.getLocalPort(), "127.138.2.1", "127.138.2.2");
            api.cut("one", false);
            ActorRef<HealthActor.Command> one = node("one");
            awaitReady(1, false);
            ActorRef<HealthActor.Command> two = node("two");
            assertThat(api.writers()).containsExactly("one");

            api.cut("one", true); // it lives on, but can no longer write
            slice(backend.getLocalPort(), "127.138.2.2", "127.138.2.1");
            awaitReady(0, false);
            assertThat(api.writers()).containsExactly("one", "two");

            ActorRef<HealthActor.Command> three = node("three");
            two.tell(HealthActor.stop());
            slice(backend.getLocalPort(), "127.138.2.2");
            awaitReady(0, false);
            assertThat(api.writers()).containsExactly("one", "two", "three");
            assertThat(three).isNotEqualTo(one);
        }
    }

    @Test
    @DisplayName("give way to a hand that edits the slice, and go on from what it wrote")
    void handEditor() throws Exception {
        service("tcp");
        slice(1, "127.138.3.1");
        api.editBeforeNextPatch(() -> {
            try {
                slice(1, "127.138.3.2", "127.138.3.1");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        node("one");

        awaitReady(0, false);
        awaitReady(1, false);
        assertThat(endpoint(0).path("addresses").path(0).asText()).isEqualTo("127.138.3.2");
        assertThat(api.lateWrites())
                .as("a patch for the version before the edit")
                .isEqualTo(1);
    }

    @Test
    @DisplayName("leave alone slices of Services with a selector or without the annotation, and take no lease for them")
    void others() throws Exception {
        api.put(
                TestApi.SERVICES,
                json("{'metadata':{'namespace':'d','name':'web','annotations':{'mesh.weft.dev/health-check':'tcp'}},"
                        + "'spec':{'selector':{'app':'web'}}}"));
        slice(1, "127.138.4.1");
        ActorRef<HealthActor.Command> node = node("one");
        service("tcp");
        awaitReady(0, false);
        assertThat(api.requestsBefore(TestApi.SERVICES, "d/web", 2)).isZero();
        node.tell(HealthActor.stop());
        await().untilAsserted(() -> assertThat(api.object(TestApi.LEASES, "kube-system/weft-health-checks")
                        .path("spec")
                        .path("holderIdentity")
                        .asText("none"))
                .as("given back")
                .isEmpty());
    }
}
