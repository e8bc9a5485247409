package dev.weft.proxy.explanation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.ConfigFactory;
import dev.weft.proxy.ProxySettings;
import dev.weft.proxy.explanation.ServiceExplanation.Endpoint;
import dev.weft.proxy.explanation.ServiceExplanation.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("an explanation")
class ExplainerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ProxySettings SETTINGS = ProxySettings.from(ConfigFactory.defaultReference());
    private static final JsonNode HERE =
            json("{'metadata':{'name':'here','labels':{'topology.kubernetes.io/zone':'za'}}}");

    private final Explainer explainer = new Explainer(
            SETTINGS.balance(), SETTINGS.dns(), SETTINGS.dataPlane().nodeAddresses());

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static JsonNode service(String annotations, String spec) {
        return json("{'metadata':{'namespace':'shop','name':'web','annotations':{" + annotations + "}},'spec':{" + spec
                + "}}");
    }

    private static JsonNode web(String further) {
        return service("", "'clusterIP':'127.96.0.1','ports':[{'name':'http','port':80,'protocol':'TCP'}]" + further);
    }

    /** Endpoints as {@code NUMBER:NODE:ZONE:CONDITIONS[:HINTS]}; conditions of r, s, t; hints n=NODE or z=ZONE. */
    private static JsonNode slice(String id, String labels, String annotations, String... endpoints) {
        List<String> written = new ArrayList<>();
        for (String endpoint : endpoints) {
            String[] words = endpoint.split(":", -1);
            String hints = words.length < 5
                    ? ""
                    : ",'hints':{'" + (words[4].startsWith("n=") ? "forNodes" : "forZones") + "':[{'name':'"
                            + words[4].substring(2) + "'}]}";
            written.add("{'addresses':['10.0.0." + words[0] + "'],'nodeName':'" + words[1] + "','zone':'" + words[2]
                    + "','conditions':{'ready':" + words[3].contains("r") + ",'serving':" + words[3].contains("s")
                    + ",'terminating':" + words[3].contains("t") + "},'targetRef':{'uid':'u" + words[0] + "'}" + hints
                    + "}");
        }
        return json("{'metadata':{'namespace':'shop','name':'" + id + "','resourceVersion':'1','labels':{" + labels
                + "},'annotations':{" + annotations + "}},'addressType':'IPv4','ports':[{'name':'http','port':8080,"
                + "'protocol':'TCP'}],'endpoints':[" + String.join(",", written) + "]}");
    }

    private static JsonNode own(String id, String... endpoints) {
        return slice(id, "'kubernetes.io/service-name':'web'", "", endpoints);
    }

    private static JsonNode imported(String cluster, boolean stale, String... endpoints) {
        return slice(
                "web-" + cluster,
                "'multicluster.kubernetes.io/service-name':'web','multicluster.kubernetes.io/source-cluster':'"
                        + cluster + "'",
                stale ? "'mesh.weft.dev/freshness':'stale'" : "",
                endpoints);
    }

    private static JsonNode cluster(String name, boolean self, String state, String freshness) {
        return json("{'metadata':{'name':'" + name + "'},'status':{'self':" + self + ",'state':'" + state
                + "','freshness':'" + freshness + "'}}");
    }

    private ServiceExplanation explain(@Nullable JsonNode service, @Nullable JsonNode node, JsonNode... slices) {
        Explanation all =
                explainer.explain(new Observation(service, null, List.of(slices), node, List.of(), null, null), null);
        return all.services().get(0);
    }

    private static Route only(ServiceExplanation service) {
        assertThat(service.routes()).hasSize(1);
        return service.routes().get(0);
    }

    private static String told(Route route) {
        return String.join(
                " ",
                route.endpoints().stream()
                        .map(endpoint ->
                                endpoint.address().replace("10.0.0.", "").replace(":8080", "") + "=" + endpoint.reason()
                                        + percent(endpoint))
                        .sorted()
                        .toList());
    }

    private static String percent(Endpoint endpoint) {
        Double share = endpoint.sharePercent();
        return share == null ? "" : "/" + Math.round(share);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "|1:here:za:rs 2:there:zb:rs|1=READY/50 2=READY/50|all ready endpoints",
                "|1:here:za:rs 2:there:zb:st 3:x:za:s 4:x:za:-|1=READY/100 2=TERMINATING 3=NOT_READY 4=NOT_READY|all ready",
                "|1:here:za:st 2:there:zb:s 3:x:zb:t|1=LAST_RESORT/100 2=NOT_SERVING 3=NOT_SERVING|fallback: none is ready",
                "|1:here:za:s|1=NOT_SERVING|no endpoint is ready or serving",
                "|1:a:za:rs:z=za 2:b:zb:rs:z=zb|1=READY/100 2=HINT_OTHER_ZONE|hinted for zone za",
                "|1:a:za:rs:n=here 2:b:zb:rs:n=b|1=READY/100 2=HINT_OTHER_NODE|hinted for this node",
                "|1:a:za:rs:z=zx 2:b:zb:rs:z=zb|1=READY/50 2=READY/50|no hint is for this node or zone za",
                "|1:a:za:rs:z=za 2:b:zb:rs|1=READY/50 2=READY/50|hints do not count, since one has none",
                "Local|1:here:za:rs 2:there:za:rs|1=READY/100 2=OTHER_NODE|the ready endpoints of this node",
                "Local|1:here:za:st 2:there:za:rs|1=LAST_RESORT/100 2=OTHER_NODE|none is ready",
                "Local|2:there:za:rs|2=OTHER_NODE|there is no fallback to others"
            })
    @DisplayName("gives every endpoint the reason by which the data path takes it or leaves it")
    void reasons(@Nullable String policy, String endpoints, String told, String decidedBy) {
        JsonNode service = web(policy == null ? "" : ",'internalTrafficPolicy':'" + policy + "'");
        Route route = only(explain(service, HERE, own("web-1", endpoints.split(" ", -1))));
        assertThat(told(route)).isEqualTo(told);
        assertThat(route.decidedBy()).contains(decidedBy);
        assertThat(route.outcome()).isEqualTo(told.contains("/") ? "balanced" : "refused");
        assertThat(route.fallback()).isEqualTo(told.contains("LAST_RESORT"));
    }

    @Test
    @DisplayName("from nowhere knows no zone and no node, and says so")
    void fromNowhere() {
        Route route = only(explain(web(""), null, own("web-1", "1:a:za:rs:z=za", "2:b:zb:rs:z=zb")));
        assertThat(told(route)).isEqualTo("1=READY/50 2=READY/50");
        assertThat(route.decidedBy()).contains("its zone is not known");
    }

    @Test
    @DisplayName("tells traffic from inside and from outside apart where their policies differ")
    void insideAndOutside() {
        ServiceExplanation service = explain(
                web(
                        ",'type':'NodePort','externalTrafficPolicy':'Local','ports':[{'name':'http','port':80,'nodePort':30080}]"),
                HERE,
                own("web-1", "1:here:za:rs", "2:there:za:rs"));
        assertThat(service.routes().stream().map(route -> route.traffic() + " " + told(route)))
                .containsExactly("inside 1=READY/50 2=READY/50", "outside 1=READY/100 2=OTHER_NODE");
        assertThat(service.listeners().stream().map(each -> each.use() + " " + each.port()))
                .containsExactly("virtual IP 80", "node port 30080");
    }

    @Test
    @DisplayName("tells the algorithm of the annotation, its parameters, weights and the affinity")
    void algorithm() {
        JsonNode service = service(
                "'mesh.weft.dev/algorithm':'weighted-round-robin'",
                "'clusterIP':'127.96.0.1','sessionAffinity':'ClientIP','ports':[{'name':'http','port':80}]");
        JsonNode heavy =
                slice("web-2", "'kubernetes.io/service-name':'web'", "'mesh.weft.dev/weight':'3'", "2:b:zb:rs");
        ServiceExplanation told = explain(service, HERE, own("web-1", "1:a:za:rs"), heavy);
        ServiceExplanation.Balancing balancing = Objects.requireNonNull(told.balancing());
        assertThat(balancing.algorithm() + ", " + balancing.chosenBy() + ", " + balancing.affinitySeconds())
                .isEqualTo("weighted-round-robin, annotation mesh.weft.dev/algorithm, 10800");
        assertThat(told(only(told))).isEqualTo("1=READY/25 2=READY/75");
        JsonNode wrong = service(
                "'mesh.weft.dev/algorithm':'magic'", "'clusterIP':'127.96.0.1','ports':[{'name':'http','port':80}]");
        assertThat(explain(wrong, HERE).remarks()).anyMatch(remark -> remark.contains("magic, which is no algorithm"));
        assertThat(Objects.requireNonNull(explain(wrong, HERE).balancing()).algorithm())
                .isEqualTo("round-robin");
    }

    @Test
    @DisplayName("tells whose weight of 0 it is that leaves an endpoint out")
    void weightless() {
        String spec = "'clusterIP':'127.96.0.1','ports':[{'name':'http','port':80}]";
        JsonNode drained = slice(
                "web-1",
                "'kubernetes.io/service-name':'web'",
                "'mesh.weft.dev/weights':'10.0.0.1=0'",
                "1:a:za:rs",
                "2:b:zb:rs",
                "3:c:zc:rs");
        Route route = only(explain(service("'mesh.weft.dev/zone-weights':'za=0,zb=0'", spec), HERE, drained));
        assertThat(told(route)).isEqualTo("1=WEIGHTLESS 2=ZONE_WEIGHTLESS 3=READY/100");
        assertThat(route.endpoints().stream().map(Endpoint::because))
                .contains(
                        "its own weight is 0, and others are in choice",
                        "its zone has the weight 0 (zone-weights), and others are in choice");
    }

    @Test
    @DisplayName("ranks the stale behind the fresh, and uses them where nothing is fresher")
    void stale() {
        JsonNode shop = service(
                "", "'type':'ClusterSetIP','ips':['127.112.0.1'],'ports':[{'name':'http','port':80,'protocol':'TCP'}]");
        List<JsonNode> clusters =
                List.of(cluster("east", true, "Alive", ""), cluster("west", false, "Unreachable", "Stale"));
        List<JsonNode> slices = List.of(imported("east", false, "1:a:za:rs"), imported("west", true, "2:b:zb:rs"));
        Explanation both = explainer.explain(new Observation(null, shop, slices, HERE, clusters, null, null), null);
        Route route = only(both.services().get(0));
        assertThat(told(route)).isEqualTo("1=READY/100 2=STALE");
        assertThat(route.endpoints().stream().map(each -> each.cluster() + " " + each.freshness()))
                .containsExactly("east Fresh", "west Stale");
        assertThat(both.seenFrom()).isEqualTo(new Explanation.Vantage("here", "za", "east"));
        Route alone = only(explainer
                .explain(new Observation(null, shop, slices.subList(1, 2), HERE, clusters, null, null), null)
                .services()
                .get(0));
        assertThat(told(alone)).isEqualTo("2=READY/100");
        assertThat(alone.fallback()).isTrue();
        assertThat(alone.endpoints().get(0).because()).contains("nothing fresher is ready");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "west||1=READY/33 2=READY/33 3=READY/33 4=CORDONED",
                "east||1=CORDONED 2=CORDONED 3=CORDONED 4=READY/100",
                "east,west||1=READY/25 2=READY/25 3=READY/25 4=READY/25",
                "|'mesh.weft.dev/cluster-weights':'east=1,west=3'|1=READY/17 2=READY/17 3=READY/17 4=READY/50",
                "|'mesh.weft.dev/cluster-weights':'west=0'|1=READY/33 2=READY/33 3=READY/33 4=CLUSTER_WEIGHTLESS",
                "|'mesh.weft.dev/zone-weights':'za=2,zb=0'|1=READY/50 2=READY/50 3=ZONE_WEIGHTLESS 4=ZONE_WEIGHTLESS",
                "|'mesh.weft.dev/locality':'node'|1=READY/100 2=FARTHER 3=FARTHER 4=FARTHER",
                "|'mesh.weft.dev/locality':'zone'|1=READY/50 2=READY/50 3=FARTHER 4=FARTHER",
                "|'mesh.weft.dev/locality':'cluster'|1=READY/33 2=READY/33 3=READY/33 4=FARTHER",
            })
    @DisplayName("follows cordons, weights and the preference for near endpoints as the data path does")
    void wishes(@Nullable String cordoned, @Nullable String annotation, String told) {
        String annotations = annotation == null ? "" : annotation + ",";
        JsonNode shop = service(
                annotations + "'mesh.weft.dev/algorithm':'weighted-random'",
                "'type':'ClusterSetIP','ips':['127.112.0.1'],'ports':[{'name':'http','port':80,'protocol':'TCP'}]");
        JsonNode rules = json("{'metadata':{'namespace':'kube-system','name':'weft-traffic','annotations':{"
                + "'mesh.weft.dev/cordoned-clusters':'" + (cordoned == null ? "" : cordoned)
                + "'}},'spec':{'clusterIP':'None'}}");
        List<JsonNode> slices = List.of(
                imported("east", false, "1:here:za:rs", "2:there:za:rs", "3:x:zb:rs"),
                imported("west", false, "4:y:zb:rs"));
        List<JsonNode> clusters = List.of(cluster("east", true, "Alive", ""), cluster("west", false, "Alive", "Fresh"));
        ServiceExplanation service = explainer
                .explain(new Observation(null, shop, slices, HERE, clusters, rules, null), null)
                .services()
                .get(0);
        assertThat(told(only(service))).isEqualTo(told);
        assertThat(service.policies().getOrDefault("cordoned-clusters", ""))
                .isEqualTo(cordoned == null ? "" : cordoned);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "north=80.0ms south=20.5ms|1=FARTHER 2=READY/100",
                "north=20.5ms south=80.0ms|1=READY/100 2=FARTHER",
                "north=20.5ms south=20.4ms|1=READY/100 2=PERHAPS_FARTHER",
                "north= south=20.5ms|1=PERHAPS_FARTHER 2=READY/100",
                "north= south=|1=READY/100 2=PERHAPS_FARTHER",
            })
    @DisplayName("orders other clusters by gossip's round trips, and calls none farther of which that is not known")
    void distances(String roundTrips, String told) {
        JsonNode shop = service(
                "'mesh.weft.dev/locality':'cluster','mesh.weft.dev/algorithm':'random'",
                "'type':'ClusterSetIP','ips':['127.112.0.1'],'ports':[{'name':'http','port':80,'protocol':'TCP'}]");
        List<JsonNode> clusters = new ArrayList<>(List.of(cluster("east", true, "Alive", "")));
        for (String one : roundTrips.split(" ", -1)) {
            String[] parts = one.split("=", -1);
            JsonNode member = cluster(parts[0], false, "Alive", "Fresh");
            if (!parts[1].isEmpty()) {
                ((ObjectNode) member.path("status")).put("roundTrip", parts[1]);
            }
            clusters.add(member);
        }
        List<JsonNode> slices = List.of(imported("north", false, "1:a:zb:rs"), imported("south", false, "2:b:zb:rs"));
        Observation observed = new Observation(null, shop, slices, HERE, clusters, null, null);
        assertThat(told(only(explainer.explain(observed, null).services().get(0))))
                .isEqualTo(told);
        List<JsonNode> nearToo = new ArrayList<>(slices);
        nearToo.add(imported("east", false, "3:c:zb:rs"));
        Observation near = new Observation(null, shop, nearToo, HERE, clusters, null, null);
        assertThat(told(only(explainer.explain(near, null).services().get(0))))
                .as("every other cluster is farther than the own one")
                .isEqualTo("1=FARTHER 2=FARTHER 3=READY/100");
    }

    @Test
    @DisplayName("names the fallback when endpoints of a cordoned cluster are used, since nobody else is ready")
    void cordonedFallback() {
        JsonNode shop = service(
                "", "'type':'ClusterSetIP','ips':['127.112.0.1'],'ports':[{'name':'http','port':80,'protocol':'TCP'}]");
        JsonNode rules = json("{'metadata':{'namespace':'kube-system','name':'weft-traffic','annotations':{"
                + "'mesh.weft.dev/cordoned-clusters':'west'}},'spec':{'clusterIP':'None'}}");
        List<JsonNode> clusters = List.of(cluster("east", true, "Alive", ""), cluster("west", false, "Alive", "Fresh"));
        for (String east : List.of("s", "rs")) {
            List<JsonNode> slices =
                    List.of(imported("east", false, "1:a:za:" + east), imported("west", false, "2:b:zb:rs"));
            Route route = only(explainer
                    .explain(new Observation(null, shop, slices, HERE, clusters, rules, null), null)
                    .services()
                    .get(0));
            boolean nobodyElse = east.equals("s");
            assertThat(told(route)).isEqualTo(nobodyElse ? "1=NOT_READY 2=READY/100" : "1=READY/100 2=CORDONED");
            assertThat(route.fallback()).isEqualTo(nobodyElse);
            assertThat(route.decidedBy().contains("those of cordoned clusters are used"))
                    .isEqualTo(nobodyElse);
            assertThat(route.endpoints().get(0).because().contains("though its cluster is cordoned"))
                    .isEqualTo(nobodyElse);
        }
    }

    @Test
    @DisplayName("tells how much of the traffic goes farther when near capacity is short")
    void overflow() {
        JsonNode service = service(
                "'mesh.weft.dev/locality':'zone','mesh.weft.dev/algorithm':'random'",
                "'clusterIP':'127.96.0.1','ports':[{'name':'http','port':80,'protocol':'TCP'}]");
        Route route = only(
                explain(service, HERE, own("web-1", "1:a:za:rs", "2:a:za:s", "3:a:za:s", "4:a:za:s", "5:b:zb:rs")));
        double near = route.endpoints().stream()
                .filter(each -> each.zone().equals("za") && each.inChoice())
                .mapToDouble(each -> Objects.requireNonNull(each.sharePercent()))
                .sum();
        double expected = SETTINGS.balance().overprovisioningPercent() / 4.0;
        assertThat(near).isCloseTo(expected, org.assertj.core.data.Offset.offset(0.1));
    }

    @Test
    @DisplayName("names what a cluster exports and what is not taken in, and who decides")
    void federation() {
        JsonNode shop = service(
                "", "'type':'ClusterSetIP','ips':['127.112.0.1'],'ports':[{'name':'http','port':80,'protocol':'TCP'}]");
        JsonNode federated = json(
                "{'status':{'decision':{'cluster':'east','reason':'It is the oldest export.'},"
                        + "'conflict':{'reason':'PortConflict','messages':['Cluster west has other ports.']},'exports':["
                        + "{'cluster':'east','decides':true,'readyEndpoints':1,'endpoints':[{'address':'10.0.0.1','ready':true}]},"
                        + "{'cluster':'west','decides':false,'readyEndpoints':1,'endpoints':[{'address':'10.0.0.2','ready':true}]}]}}");
        List<JsonNode> clusters =
                List.of(cluster("east", true, "Alive", ""), cluster("west", false, "Left", "Withdrawn"));
        ServiceExplanation told = explainer
                .explain(
                        new Observation(
                                null,
                                shop,
                                List.of(imported("east", false, "1:a:za:rs")),
                                HERE,
                                clusters,
                                null,
                                federated),
                        null)
                .services()
                .get(0);
        assertThat(told(only(told))).isEqualTo("1=READY/100 2=WITHDRAWN");
        ServiceExplanation.Federation federation = Objects.requireNonNull(told.federation());
        assertThat(federation.decides() + " " + federation.conflict() + " " + federation.messages())
                .isEqualTo("east PortConflict [Cluster west has other ports.]");
        assertThat(federation.exports()).hasSize(2);
    }

    @Test
    @DisplayName("gives the records of every name, in the order in which they are answered")
    void names() {
        Explanation told = explainer.explain(
                new Observation(web(""), null, List.of(own("web-1", "1:a:za:rs")), HERE, List.of(), null, null),
                "web.shop.svc.cluster.local");
        assertThat(told.services().get(0).names().stream()
                        .flatMap(name -> name.records().stream())
                        .map(each -> each.name() + " " + each.type() + " " + each.data()))
                .containsExactly(
                        "web.shop.svc.cluster.local. A 127.96.0.1",
                        "_http._tcp.web.shop.svc.cluster.local. SRV 0 100 80 web.shop.svc.cluster.local.");
        assertThat(told.asked().stream()
                        .map(name -> name.type() + " " + name.outcome() + " "
                                + name.records().size()))
                .containsExactly("A NOERROR 1", "AAAA NOERROR 0", "SRV NOERROR 0");
    }

    @Test
    @DisplayName("of a headless service tells which endpoints DNS names, the nearest first")
    void headless() {
        JsonNode headless = service("", "'clusterIP':'None','ports':[{'name':'http','port':80}]");
        ServiceExplanation told = explain(headless, HERE, own("web-1", "1:there:zb:rs", "2:here:za:rs", "3:here:za:s"));
        assertThat(told(only(told))).isEqualTo("1=READY 2=READY 3=NOT_READY");
        assertThat(told.names().get(0).records().stream().map(Explanation.Name.Answer::data))
                .containsExactly("10.0.0.2", "10.0.0.1");
        ServiceExplanation nobody = explain(headless, HERE, own("web-1", "3:here:za:s"));
        assertThat(nobody.names().get(0).outcome()).isEqualTo("NXDOMAIN");
        assertThat(only(nobody).outcome()).isEqualTo("NXDOMAIN");
    }

    @Test
    @DisplayName("tells of slices whose word does not hold, or that have no such port or family")
    void otherSlices() {
        JsonNode six = json(own("web-6", "6:a:za:rs")
                .toString()
                .replace("10.0.0.6", "fd00::6")
                .replace("IPv4", "IPv6"));
        JsonNode admin = json(own("web-9", "9:a:za:rs").toString().replace("\"http\"", "\"admin\""));
        Route route = only(explain(web(""), HERE, own("web-1", "1:a:za:rs"), own("web-2", "1:a:za:s"), six, admin));
        assertThat(route.endpoints().stream().map(each -> each.address() + " " + each.reason()))
                .containsExactlyInAnyOrder(
                        "10.0.0.1:8080 READY",
                        "10.0.0.1:8080 SUPERSEDED",
                        "10.0.0.9 OTHER_PORT",
                        "fd00::6 OTHER_FAMILY");
    }

    @Test
    @DisplayName("says that nobody listens where proxy-nodes do not relay, and which proxy a label leaves it to")
    void notServed() {
        ServiceExplanation told = explain(
                service("", "'clusterIP':'127.96.0.1','ports':[{'name':'http','port':80,'protocol':'SCTP'}]"), HERE);
        assertThat(only(told).outcome()).isEqualTo("nobody listens");
        assertThat(told.remarks()).anyMatch(remark -> remark.contains("relay TCP and UDP"));
        JsonNode other = json("{'metadata':{'namespace':'shop','name':'web','labels':{"
                + "'service.kubernetes.io/service-proxy-name':'x'}},'spec':{'clusterIP':'127.96.0.1'}}");
        assertThat(explain(other, HERE).remarks()).anyMatch(remark -> remark.contains("another proxy is to serve it"));
        ServiceExplanation alias = explain(service("", "'type':'ExternalName','externalName':'example.org'"), HERE);
        assertThat(alias.names().get(0).records().get(0).data()).isEqualTo("example.org.");
        assertThat(alias.routes()).isEmpty();
    }
}
