package dev.weft.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.deploy.backend.Backend;
import dev.weft.deploy.child.Child;
import dev.weft.deploy.client.CallLoop;
import dev.weft.deploy.client.HttpCall;
import dev.weft.deploy.client.Manifests;
import dev.weft.deploy.client.NameQuery;
import dev.weft.deploy.testbed.TestBed;
import dev.weft.deploy.testbed.TestServer;
import dev.weft.gossip.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("A proxy-node alone, that knows nothing but an API address,")
class ProxyAloneIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String DEFAULT = "/api/v1/namespaces/default";

    @RegisterExtension
    final TestBed bed = new TestBed();

    private final TestServer east = bed.server("east", "--no-proxy");

    @Test
    @DisplayName("serves the virtual IPs, goes on while the API is away, follows it again, and stops cleanly")
    void servesAlone() throws Exception {
        east.start();
        Backend one = pod("one");
        Backend two = pod("two");
        HostPort address = service();
        assertThat(isFree(address))
                .as("the server without a proxy-node binds no virtual IP")
                .isTrue();
        HostPort dns = bed.free();
        Child proxy = bed.command(
                "proxy", "proxy", "--api", east.apiUrl().toString(), "--node", "host-1", "--dns", dns.toString());
        assertThat(proxy.awaitReady(PATIENCE)).startsWith("ready node=host-1 api=" + east.apiUrl());
        awaitAnsweredBy(address, Set.of("one", "two"));
        awaitNamed(dns, address.host());

        east.kill();
        try (CallLoop calls = CallLoop.start(address, Duration.ofMillis(5), InstantSource.system())) {
            await().atMost(PATIENCE).until(() -> calls.total() > 400);
            assertThat(calls.failures()).isEmpty();
            assertThat(calls.answers()).containsOnlyKeys("one", "two");
        }
        east.start();
        setReady(two, false);
        awaitAnsweredBy(address, Set.of("one"));
        assertThat(one.requests()).isPositive();

        assertThat(proxy.stop(Duration.ofSeconds(30))).isZero();
        assertThat(isFree(address)).as("what it bound is free again").isTrue();
    }

    @Test
    @DisplayName("is restarted by a successor that takes its sockets over, while endpoints roll, and no call fails")
    void handsOver() throws Exception {
        east.start();
        pod("one");
        Backend two = pod("two");
        HostPort address = service();
        HostPort dns = bed.free();
        Path folder = Files.createTempDirectory("weft"); // a short path: the kernel takes 107 bytes
        Child before = proxy("first", folder, dns);
        awaitAnsweredBy(address, Set.of("one", "two"));
        awaitNamed(dns, address.host());
        try (CallLoop calls = CallLoop.start(address, Duration.ZERO, InstantSource.system());
                CallLoop others = CallLoop.start(address, Duration.ofMillis(1), InstantSource.system())) {
            for (String name : new String[] {"second", "third"}) {
                Child after = proxy(name, folder, dns);
                setReady(two, false);
                assertThat(before.awaitEnd(PATIENCE))
                        .as("the one before ends by itself")
                        .isTrue();
                setReady(two, true);
                long seen = calls.total();
                await().atMost(PATIENCE).until(() -> calls.total() > seen + 200);
                assertThat(ask(dns, "my-service.default.svc.cluster.local", null, false)
                                .exists())
                        .isTrue();
                before = after;
            }
            assertThat(calls.failures()).isEmpty();
            assertThat(others.failures()).isEmpty();
        }
        assertThat(before.stop(Duration.ofSeconds(30))).isZero();
        assertThat(isFree(address)).as("what all of them shared is free again").isTrue();
        Files.deleteIfExists(folder.resolve("handover"));
        Files.delete(folder);
    }

    @Test
    @DisplayName(
            "serves one cluster of plain Kubernetes, of which it only lists and watches standard kinds, by its token")
    void plainKubernetes() throws Exception {
        Backend one = bed.backend("one", 9376);
        String ip = "127.77.0.9";
        try (PlainKubernetes api = new PlainKubernetes(bed.free(), "a-token")) {
            hasService(api, ip, one);
            Child proxy = fromKubeconfig("proxy", api.url(), "a-token");
            assertThat(proxy.awaitReady(PATIENCE)).startsWith("ready node=host-1");
            awaitAnsweredBy(new HostPort(ip, 8080), Set.of("one"));
            await().atMost(PATIENCE)
                    .until(() -> api.requests().stream()
                                    .filter(asked -> asked.endsWith("?watch"))
                                    .count()
                            >= 3);
            assertThat(api.requests().stream().filter(asked -> !asked.contains("/apis/m")))
                    .as("listed and watched, once each")
                    .containsExactlyInAnyOrder(
                            "GET /api/v1/nodes",
                            "GET /api/v1/nodes?watch",
                            "GET /api/v1/services",
                            "GET /api/v1/services?watch",
                            "GET /apis/discovery.k8s.io/v1/endpointslices",
                            "GET /apis/discovery.k8s.io/v1/endpointslices?watch");
            assertThat(api.requests().stream().filter(asked -> asked.contains("/apis/m")))
                    .as("kinds that are not there, asked for once in a while")
                    .allMatch(asked -> asked.startsWith("GET /apis/m"))
                    .hasSizeLessThan(8);
            assertThat(proxy.stop(Duration.ofSeconds(30))).isZero();

            Child stranger = fromKubeconfig("stranger", api.url(), "another");
            assertThat(stranger.awaitEnd(PATIENCE)).isTrue();
            assertThat(stranger.tail()).contains("does not know who asks", "Unauthorized");
        }
    }

    @Test
    @DisplayName("takes weights of plain Kubernetes from its Pods, for services that heed them, if it may see Pods")
    void podWeights() throws Exception {
        HostPort weighed = new HostPort("127.77.0.11", 8080);
        try (PlainKubernetes api = new PlainKubernetes(bed.free(), "a-token")) {
            api.put("/api/v1/nodes", "{'metadata':{'name':'host-1'}}".replace('\'', '"'));
            api.put("/api/v1/services", """
                    {"metadata":{"namespace":"default","name":"web",
                      "annotations":{"mesh.weft.dev/algorithm":"weighted-round-robin"}},
                     "spec":{"clusterIP":"%1$s","clusterIPs":["%1$s"],"ports":[{"port":8080,"protocol":"TCP"}]}}""".formatted(weighed.host()));
            api.put(
                    "/apis/discovery.k8s.io/v1/endpointslices",
                    sliceOf(bed.backend("one", 9376)) + "," + sliceOf(bed.backend("two", 9376)));
            Child blind = fromKubeconfig("blind", api.url(), "a-token");
            blind.awaitReady(PATIENCE);
            awaitSaid(blind, "Pods cannot be followed");
            assertThat(sharesOf(weighed, 8)).isEqualTo(Map.of("one", 4, "two", 4));
            assertThat(blind.stop(Duration.ofSeconds(30))).isZero();

            api.put("/api/v1/pods", """
                    {"metadata":{"namespace":"default","name":"pod-one","uid":"uid-one",
                      "annotations":{"mesh.weft.dev/weight":"3"}}},
                    {"metadata":{"namespace":"default","name":"pod-two","uid":"uid-two"}}""");
            Child proxy = fromKubeconfig("proxy", api.url(), "a-token");
            proxy.awaitReady(PATIENCE);
            await().atMost(PATIENCE).until(() -> sharesOf(weighed, 8).equals(Map.of("one", 6, "two", 2)));
            assertThat(api.requests()).contains("GET /api/v1/pods?watch");
            assertThat(proxy.stop(Duration.ofSeconds(30))).isZero();
        }
    }

    private static String sliceOf(Backend backend) {
        return """
                {"metadata":{"namespace":"default","name":"web-%1$s","labels":{"kubernetes.io/service-name":"web"}},
                 "addressType":"IPv4","ports":[{"name":"","port":%3$d,"protocol":"TCP"}],"endpoints":[{"addresses":["%2$s"],
                 "conditions":{"ready":true},"targetRef":{"kind":"Pod","uid":"uid-%1$s"}}]}""".formatted(
                backend.name(), backend.address().host(), backend.address().port());
    }

    private static Map<String, Integer> sharesOf(HostPort address, int calls) throws IOException {
        Map<String, Integer> shares = new TreeMap<>();
        for (int call = 0; call < calls; call++) {
            shares.merge(HttpCall.get(address, "/", Duration.ofSeconds(2)), 1, Integer::sum);
        }
        return shares;
    }

    @Test
    @DisplayName("waits for an API server that is not there yet, says so once, and serves when it comes")
    void waitsForItsServer() throws Exception {
        Backend one = bed.backend("one", 9376);
        String ip = "127.77.0.10";
        HostPort address = bed.free();
        Child proxy = fromKubeconfig("proxy", "http://" + address, "a-token");
        awaitSaid(proxy, "cannot reach http://" + address);
        try (PlainKubernetes api = new PlainKubernetes(address, "a-token")) {
            hasService(api, ip, one);
            assertThat(proxy.awaitReady(PATIENCE)).startsWith("ready node=host-1");
            awaitAnsweredBy(new HostPort(ip, 8080), Set.of("one"));
        }
        assertThat(Files.readAllLines(proxy.log()).stream().filter(line -> line.contains("cannot reach")))
                .as("said so once")
                .hasSize(1);
        assertThat(proxy.stop(Duration.ofSeconds(30))).isZero();
    }

    @Test
    @DisplayName("stops cleanly while it waits for its API server")
    void stopsWhileItWaits() throws Exception {
        HostPort address = bed.free();
        Child proxy = fromKubeconfig("proxy", "http://" + address, "a-token");
        awaitSaid(proxy, "cannot reach http://" + address);
        assertThat(proxy.stop(Duration.ofSeconds(10))).isZero();
    }

    private static void awaitSaid(Child child, String what) {
        await().atMost(PATIENCE).until(() -> child.tail().contains(what));
        assertThat(child.isAlive()).isTrue();
    }

    /** One service of one endpoint, and the node. */
    private static void hasService(PlainKubernetes api, String ip, Backend backend) {
        api.put("/api/v1/nodes", "{'metadata':{'name':'host-1'}}".replace('\'', '"'));
        api.put("/api/v1/services", """
                {"metadata":{"namespace":"default","name":"web"},"spec":{"type":"ClusterIP","clusterIP":"%1$s",
                 "clusterIPs":["%1$s"],"ports":[{"port":8080,"protocol":"TCP"}]}}""".formatted(ip));
        api.put("/apis/discovery.k8s.io/v1/endpointslices", """
                {"metadata":{"namespace":"default","name":"web-1","labels":{"kubernetes.io/service-name":"web"}},
                 "addressType":"IPv4","endpoints":[{"addresses":["%s"],"conditions":{"ready":true}}],
                 "ports":[{"name":"","port":%d,"protocol":"TCP"}]}""".formatted(
                        backend.address().host(), backend.address().port()));
    }

    private Child fromKubeconfig(String name, String api, String token) throws IOException {
        Path file = bed.directory().resolve(name + ".kubeconfig");
        Files.writeString(file, """
                apiVersion: v1
                kind: Config
                clusters: [{name: plain, cluster: {server: "%s"}}]
                users: [{name: node, user: {token: %s}}]
                contexts: [{name: plain, context: {cluster: plain, user: node}}]
                current-context: plain
                """.formatted(api, token));
        return bed.command(
                name,
                "proxy",
                "--kubeconfig",
                file.toString(),
                "--node",
                "host-1",
                "--dns",
                "off",
                "--mode",
                "userspace");
    }

    private Child proxy(String name, Path folder, HostPort dns) throws Exception {
        Child proxy = bed.command(
                name,
                "proxy",
                "--api",
                east.apiUrl().toString(),
                "--node",
                "host-1",
                "--dns",
                dns.toString(),
                "--handover",
                folder.resolve("handover").toString());
        proxy.awaitReady(PATIENCE);
        return proxy;
    }

    /** As {@code weft dns query} asks: the address by the name over UDP and TCP, the name by the address. */
    private static void awaitNamed(HostPort dns, String address) {
        String name = "my-service.default.svc.cluster.local";
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> ask(dns, name, null, false).exists());
        for (boolean tcp : new boolean[] {false, true}) {
            assertThat(ask(dns, name, null, tcp).lines())
                    .containsExactly(";; NOERROR, authoritative, 1 record", name + ". 5 IN A " + address);
            assertThat(ask(dns, address, null, tcp).lines())
                    .anySatisfy(line -> assertThat(line).endsWith("IN PTR " + name + "."));
        }
        NameQuery.Answer none = ask(dns, "no-" + name, "aaaa", false);
        assertThat(none.exists()).isFalse();
        assertThat(none.lines().get(0)).isEqualTo(";; NXDOMAIN, authoritative, 0 records");
    }

    private static NameQuery.Answer ask(HostPort dns, String name, @Nullable String type, boolean tcp) {
        return NameQuery.of(name, type).send(dns, tcp, PATIENCE);
    }

    private Backend pod(String name) {
        Backend backend = bed.backend(name, 9376);
        east.api()
                .accepted("POST", east.api().create(DEFAULT + "/pods", Manifests.pod(name, "my-app", "host-1", 9376)));
        setReady(backend, true);
        return backend;
    }

    private void setReady(Backend backend, boolean ready) {
        east.api()
                .accepted(
                        "PATCH",
                        east.api()
                                .mergePatch(
                                        DEFAULT + "/pods/" + backend.name() + "/status",
                                        Manifests.podStatus(backend.address().host(), ready)));
    }

    private HostPort service() {
        String ip = east.api()
                .accepted(
                        "POST",
                        east.api().create(DEFAULT + "/services", Manifests.service("my-service", "my-app", 8080, 9376)))
                .json()
                .at("/spec/clusterIP")
                .asText();
        return new HostPort(ip, 8080);
    }

    private static void awaitAnsweredBy(HostPort address, Set<String> names) {
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
            Set<String> answered = new TreeSet<>();
            for (int i = 0; i < 10; i++) {
                answered.add(HttpCall.get(address, "/", Duration.ofSeconds(2)));
            }
            assertThat(answered).isEqualTo(names);
        });
    }

    @SuppressWarnings("AddressSelection") // a literal address has no alternatives
    private static boolean isFree(HostPort address) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(address.host(), address.port()));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
