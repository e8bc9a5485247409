package dev.weft.proxy.view;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("the picture of services")
class ServiceViewTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ServiceKey WEB = ServiceKey.service("default", "web");

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode service(String name, String spec) {
        return json("{'metadata':{'namespace':'default','name':'" + name + "'},'spec':{" + spec + "}}");
    }

    private static JsonNode slice(String name, String service, String endpoint) {
        return json("{'metadata':{'namespace':'default','name':'" + name + "','resourceVersion':'17',"
                + "'labels':{'kubernetes.io/service-name':'" + service + "'}},'addressType':'IPv4',"
                + "'ports':[{'name':'','port':8080,'protocol':'TCP'}],'endpoints':[" + endpoint + "]}");
    }

    private static ViewBatch changes(WatchedKind kind, boolean deleted, JsonNode... objects) {
        Map<String, ViewBatch.Change> changes = new HashMap<>();
        for (JsonNode object : objects) {
            changes.put(ResourceReader.id(object), new ViewBatch.Change(object, deleted));
        }
        return new ViewBatch(kind, null, changes);
    }

    private static ViewUpdate apply(ServiceView view, ViewBatch... batches) {
        return view.apply(List.of(batches));
    }

    private static ServiceEntry entry(ServiceView view, ServiceKey key) {
        return Objects.requireNonNull(picture(view, key).entry());
    }

    private static ServicePicture picture(ServiceView view, ServiceKey key) {
        return Objects.requireNonNull(view.get(key));
    }

    private static final String PLAIN = "'clusterIP':'127.96.0.9','clusterIPs':['127.96.0.9'],'ports':[{'port':80}]";

    @Test
    @DisplayName("reads what a Service asks for")
    void readsService() {
        JsonNode object = json("{'metadata':{'namespace':'default','name':'web',"
                + "'annotations':{'mesh.weft.dev/algorithm':'random'}},'spec':{'type':'NodePort',"
                + "'clusterIPs':['127.96.0.9','fd00::9'],'internalTrafficPolicy':'Local',"
                + "'externalTrafficPolicy':'Local','sessionAffinity':'ClientIP',"
                + "'sessionAffinityConfig':{'clientIP':{'timeoutSeconds':30}},"
                + "'ports':[{'name':'http','port':80,'nodePort':30080,'protocol':'TCP'},"
                + "{'name':'dns','port':53,'protocol':'UDP'}]}}");

        ServiceEntry entry = entry(
                apply(ServiceView.empty("n"), changes(WatchedKind.SERVICES, false, object))
                        .view(),
                WEB);

        assertThat(entry)
                .isEqualTo(new ServiceEntry(
                        WEB,
                        List.of("127.96.0.9", "fd00::9"),
                        List.of(),
                        List.of(
                                new ServicePort("http", Protocol.TCP, 80, 30_080),
                                new ServicePort("dns", Protocol.UDP, 53, 0)),
                        TrafficPolicy.LOCAL,
                        TrafficPolicy.LOCAL,
                        true,
                        Duration.ofSeconds(30),
                        "random",
                        false,
                        null,
                        null,
                        List.of(),
                        List.of(),
                        Map.of("algorithm", "random"),
                        0));
    }

    @Test
    @DisplayName("has a health-check port for LoadBalancers of external policy Local only (KP-8)")
    void healthCheckPort() {
        String balancer = "'type':'LoadBalancer','healthCheckNodePort':31000," + PLAIN;
        JsonNode local = service("local", "'externalTrafficPolicy':'Local'," + balancer);
        JsonNode cluster = service("cluster", "'externalTrafficPolicy':'Cluster'," + balancer);
        JsonNode nodePort =
                service("node-port", "'externalTrafficPolicy':'Local'," + balancer.replace("LoadBalancer", "NodePort"));
        ServiceView view = apply(ServiceView.empty("n"), changes(WatchedKind.SERVICES, false, local, cluster, nodePort))
                .view();
        assertThat(entry(view, ServiceKey.service("default", "local")).healthCheckPort())
                .isEqualTo(31_000);
        assertThat(entry(view, ServiceKey.service("default", "cluster")).healthCheckPort())
                .isZero();
        assertThat(entry(view, ServiceKey.service("default", "node-port")).healthCheckPort())
                .isZero();
    }

    @Test
    @DisplayName("gives no address to headless and ExternalName services, nor to those of another proxy")
    void noAddress() {
        JsonNode headless = service("headless", "'clusterIP':'None','clusterIPs':['None'],'ports':[{'port':80}]");
        JsonNode external = service("external", "'type':'ExternalName','externalName':'example.org'");
        JsonNode foreign = json("{'metadata':{'namespace':'default','name':'foreign','labels':"
                + "{'service.kubernetes.io/service-proxy-name':'other'}},'spec':{" + PLAIN + "}}");

        ServiceView view = apply(
                        ServiceView.empty("n"), changes(WatchedKind.SERVICES, false, headless, external, foreign))
                .view();

        assertThat(entry(view, ServiceKey.service("default", "headless")).virtualAddresses())
                .isEmpty();
        assertThat(entry(view, ServiceKey.service("default", "external")).virtualAddresses())
                .isEmpty();
        assertThat(view.get(ServiceKey.service("default", "foreign"))).isNull();
    }

    @Test
    @DisplayName("takes the weight of an endpoint from its slice's list, else from its slice, else as 1")
    void weights() {
        JsonNode object = slice(
                "web-1", "web", "{'addresses':['10.0.0.1']},{'addresses':['10.0.0.2']},{'addresses':['10.0.0.3']}");
        assertThat(weightsOf(object)).containsExactly(1, 1, 1);
        ObjectNode annotations = ((ObjectNode) object.path("metadata")).putObject("annotations");
        annotations.put("mesh.weft.dev/weights", "10.0.0.1=0, 10.0.0.3=70000");
        assertThat(weightsOf(object)).containsExactly(0, 1, 65_535);
        annotations.put("mesh.weft.dev/weight", "4");
        assertThat(weightsOf(object)).containsExactly(0, 4, 65_535);
    }

    @Test
    @DisplayName("takes the weight of a Pod where the slice says none, and again when Pods say otherwise")
    void podWeights() {
        JsonNode object = slice(
                "web-1",
                "web",
                "{'addresses':['10.0.0.1'],'targetRef':{'uid':'a'}},{'addresses':['10.0.0.2'],'targetRef':{'uid':'b'}},"
                        + "{'addresses':['10.0.0.3'],'targetRef':{'uid':'c'}},{'addresses':['10.0.0.4']}");
        ((ObjectNode) object.path("metadata")).putObject("annotations").put("mesh.weft.dev/weights", "10.0.0.2=1");
        ServiceView before = apply(ServiceView.empty("n"), changes(WatchedKind.SLICES, false, object))
                .view();
        assertThat(weightsIn(before)).containsExactly(1, 1, 1, 1);

        ViewUpdate weighed = before.apply(List.of(), Map.of("a", 5, "b", 7, "other", 9));
        assertThat(weightsIn(weighed.view())).containsExactly(5, 1, 1, 1);
        assertThat(weighed.touched()).containsExactly(WEB);
        assertThat(weighed.view().apply(List.of(), Map.of("a", 5, "b", 8)).touched())
                .as("of no service's endpoint")
                .isEmpty();

        ((ObjectNode) object.path("metadata").path("annotations")).remove("mesh.weft.dev/weights");
        ServiceView later = apply(weighed.view(), changes(WatchedKind.SLICES, false, object))
                .view();
        assertThat(weightsIn(later)).containsExactly(5, 7, 1, 1);
        assertThat(weightsIn(later.apply(List.of(), Map.of("c", 0)).view())).containsExactly(1, 1, 0, 1);
    }

    private static List<Integer> weightsIn(ServiceView view) {
        return Objects.requireNonNull(picture(view, WEB).slices().get("default/web-1")).endpoints().stream()
                .map(SliceEndpoint::weight)
                .toList();
    }

    private static List<Integer> weightsOf(JsonNode object) {
        Slice slice = ResourceReader.slice(object);
        assertThat(slice).isNotNull();
        return slice == null
                ? List.of()
                : slice.endpoints().stream().map(SliceEndpoint::weight).toList();
    }

    @Test
    @DisplayName("takes absent conditions as ready, serving and not terminating (EPS-2)")
    void absentConditions() {
        JsonNode object = slice(
                "web-1", "web", "{'addresses':['10.0.0.1']},{'addresses':['10.0.0.2'],'conditions':{'ready':false}}");

        ServiceView view = apply(ServiceView.empty("n"), changes(WatchedKind.SLICES, false, object))
                .view();

        List<SliceEndpoint> endpoints = Objects.requireNonNull(
                        picture(view, WEB).slices().get("default/web-1"))
                .endpoints();
        assertThat(endpoints.get(0))
                .matches(endpoint -> endpoint.ready() && endpoint.serving() && !endpoint.terminating());
        assertThat(endpoints.get(1)).matches(endpoint -> !endpoint.ready() && endpoint.serving());
    }

    @Test
    @DisplayName("takes null conditions as absent ones (EPS-2), and one that terminates as told")
    void nullConditions() {
        List<SliceEndpoint> endpoints = Objects.requireNonNull(ResourceReader.slice(slice(
                        "web-1",
                        "web",
                        "{'addresses':['10.0.0.1'],'conditions':{'ready':null,'serving':null,'terminating':null}},"
                                + "{'addresses':['10.0.0.2'],'conditions':{'ready':false,'terminating':true}}")))
                .endpoints();
        assertThat(endpoints.get(0))
                .matches(endpoint -> endpoint.ready() && endpoint.serving() && !endpoint.terminating());
        assertThat(endpoints.get(1))
                .matches(endpoint -> !endpoint.ready() && endpoint.serving() && endpoint.terminating());
    }

    @Test
    @DisplayName("takes the first address of an endpoint only, and no slice of names (EPS-7)")
    void firstAddress() {
        JsonNode object = slice("web-1", "web", "{'addresses':['10.0.0.1','10.0.0.2']},{'addresses':[]}");
        assertThat(Objects.requireNonNull(ResourceReader.slice(object)).endpoints())
                .extracting(SliceEndpoint::address)
                .containsExactly("10.0.0.1");
        ((ObjectNode) object).put("addressType", "FQDN");
        assertThat(ResourceReader.slice(object)).isNull();
    }

    @Test
    @DisplayName("ignores slice ports without a name or a number (EPS-7)")
    void unusablePorts() {
        JsonNode object = json("{'metadata':{'namespace':'default','name':'s','labels':"
                + "{'kubernetes.io/service-name':'web'}},'addressType':'IPv4',"
                + "'ports':[{'port':1},{'name':null,'port':2},{'name':'zero','port':0},{'name':'good','port':4}]}");

        ServiceView view = apply(ServiceView.empty("n"), changes(WatchedKind.SLICES, false, object))
                .view();

        assertThat(Objects.requireNonNull(picture(view, WEB).slices().get("default/s"))
                        .ports())
                .containsExactly(new Slice.SlicePort("good", Protocol.TCP, 4));
    }

    @Test
    @DisplayName("keeps an import apart from the service of its name, with the cluster of each slice")
    void importsApart() {
        JsonNode imported = json("{'metadata':{'namespace':'default','name':'web'},'spec':"
                + "{'type':'ClusterSetIP','ips':['127.112.0.3'],'ports':[{'port':80}]}}");
        JsonNode remote = json("{'metadata':{'namespace':'default','name':'imported-1','labels':"
                + "{'multicluster.kubernetes.io/service-name':'web',"
                + "'multicluster.kubernetes.io/source-cluster':'east'}},'addressType':'IPv4',"
                + "'endpoints':[{'addresses':['127.64.0.1']}],'ports':[{'name':'','port':8080}]}");

        ServiceView view = apply(
                        ServiceView.empty("n"),
                        changes(WatchedKind.SERVICES, false, service("web", PLAIN)),
                        changes(WatchedKind.IMPORTS, false, imported),
                        changes(WatchedKind.SLICES, false, remote))
                .view();

        ServiceKey key = ServiceKey.imported("default", "web");
        assertThat(entry(view, key).virtualAddresses()).containsExactly("127.112.0.3");
        assertThat(picture(view, key).slices().values())
                .extracting(Slice::cluster)
                .containsExactly("east");
        assertThat(picture(view, WEB).slices()).isEmpty();
    }

    @Test
    @DisplayName("touches the one service whose slice has changed, and shares the rest with the picture before")
    void touchesOne() {
        List<JsonNode> services = new ArrayList<>();
        for (int number = 0; number < 3_000; number++) {
            services.add(service("s" + number, PLAIN));
        }
        ServiceView before = apply(ServiceView.empty("n"), new ViewBatch(WatchedKind.SERVICES, services, Map.of()))
                .view();

        ViewUpdate update =
                apply(before, changes(WatchedKind.SLICES, false, slice("x", "s7", "{'addresses':['10.0.0.1']}")));

        assertThat(update.touched()).containsExactly(ServiceKey.service("default", "s7"));
        assertThat(update.view().declared()).hasSize(3_000);
        ServiceKey other = ServiceKey.service("default", "s8");
        assertThat(update.view().get(other)).isSameAs(before.get(other));
        assertThat(picture(before, ServiceKey.service("default", "s7")).slices())
                .as("the old picture is as it was")
                .isEmpty();
    }

    @Test
    @DisplayName("is not touched by a list that says the same, and loses what a list no longer has")
    void relisted() {
        JsonNode web = service("web", PLAIN);
        JsonNode other = service("other", PLAIN);
        JsonNode slice = slice("web-1", "web", "{'addresses':['10.0.0.1']}");
        ServiceView before = apply(
                        ServiceView.empty("n"),
                        changes(WatchedKind.SERVICES, false, web, other),
                        changes(WatchedKind.SLICES, false, slice))
                .view();

        assertThat(apply(
                                before,
                                new ViewBatch(WatchedKind.SERVICES, List.of(web, other), Map.of()),
                                new ViewBatch(WatchedKind.SLICES, List.of(slice), Map.of()))
                        .touched())
                .isEmpty();
        ViewUpdate without = apply(
                before,
                new ViewBatch(WatchedKind.SERVICES, List.of(web), Map.of()),
                new ViewBatch(WatchedKind.SLICES, List.of(), Map.of()));
        assertThat(without.touched()).containsExactlyInAnyOrder(WEB, ServiceKey.service("default", "other"));
        assertThat(without.view().get(ServiceKey.service("default", "other"))).isNull();
        assertThat(picture(without.view(), WEB).slices()).isEmpty();
    }

    @Test
    @DisplayName("moves a slice whose label names another service now, and forgets one that is deleted")
    void sliceMoves() {
        ServiceView before = apply(
                        ServiceView.empty("n"),
                        changes(WatchedKind.SLICES, false, slice("x", "web", "{'addresses':['10.0.0.1']}")))
                .view();
        JsonNode moved = slice("x", "api", "{'addresses':['10.0.0.1']}");

        ViewUpdate update = apply(before, changes(WatchedKind.SLICES, false, moved));

        ServiceKey api = ServiceKey.service("default", "api");
        assertThat(update.touched()).containsExactlyInAnyOrder(WEB, api);
        assertThat(update.view().get(WEB)).isNull();
        @Nullable
        ServicePicture gone = apply(update.view(), changes(WatchedKind.SLICES, true, moved))
                .view()
                .get(api);
        assertThat(gone).isNull();
    }

    @Test
    @DisplayName("touches every service when this node changes its zone")
    void zoneChanges() {
        ServiceView before = apply(ServiceView.empty("n"), changes(WatchedKind.SERVICES, false, service("web", PLAIN)))
                .view();
        JsonNode node = json("{'metadata':{'name':'n','labels':{'topology.kubernetes.io/zone':'z1'}}}");

        ViewUpdate update = apply(before, changes(WatchedKind.NODES, false, node));

        assertThat(update.view().nodeZone()).isEqualTo("z1");
        assertThat(update.touched()).containsExactly(WEB);
    }
}
