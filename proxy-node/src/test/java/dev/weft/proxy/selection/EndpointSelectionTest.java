package dev.weft.proxy.selection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.view.Protocol;
import dev.weft.proxy.view.ServiceEntry;
import dev.weft.proxy.view.ServiceKey;
import dev.weft.proxy.view.ServicePicture;
import dev.weft.proxy.view.ServicePort;
import dev.weft.proxy.view.Slice;
import dev.weft.proxy.view.SliceEndpoint;
import dev.weft.proxy.view.TrafficPolicy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("the endpoints in choice")
class EndpointSelectionTest {
    private static final NodeIdentity HERE = new NodeIdentity("here", "zone-a", "east");
    private static final ServicePort HTTP = new ServicePort("http", Protocol.TCP, 80, 0);
    private static final ServiceKey KEY = ServiceKey.service("default", "web");

    /** Endpoint shorthand: number, node, then r(eady) s(erving) t(erminating), hints. */
    private static SliceEndpoint endpoint(int number, String node, String conditions, String... hints) {
        Set<String> nodes = new java.util.HashSet<>();
        Set<String> zones = new java.util.HashSet<>();
        for (String hint : hints) {
            (hint.startsWith("zone") ? zones : nodes).add(hint);
        }
        return new SliceEndpoint(
                "10.0.0." + number,
                conditions.contains("r"),
                conditions.contains("s"),
                conditions.contains("t"),
                node,
                null,
                nodes,
                zones,
                "uid-" + number,
                1);
    }

    private static Slice slice(String id, String cluster, long version, SliceEndpoint... endpoints) {
        return new Slice(
                id,
                KEY,
                cluster,
                false,
                version,
                List.of(new Slice.SlicePort("http", Protocol.TCP, 8080)),
                List.of(endpoints));
    }

    private static ServicePicture picture(
            TrafficPolicy internal, TrafficPolicy external, boolean accessible, Slice... slices) {
        Map<String, Slice> byId = new HashMap<>();
        for (Slice slice : slices) {
            byId.put(slice.id(), slice);
        }
        ServiceEntry entry = new ServiceEntry(
                KEY, List.of("127.96.0.1"), List.of(), List.of(HTTP), internal, external, accessible, null, null);
        return new ServicePicture(KEY, entry, byId);
    }

    private static String addresses(List<Candidate> candidates) {
        return String.join(
                " ",
                candidates.stream()
                        .map(candidate -> candidate.address().substring("10.0.0.".length()))
                        .toList());
    }

    static Stream<Arguments> cases() {
        SliceEndpoint r1 = endpoint(1, "here", "rs");
        SliceEndpoint r2 = endpoint(2, "there", "rs");
        SliceEndpoint unready3 = endpoint(3, "here", "");
        SliceEndpoint st4 = endpoint(4, "here", "st");
        SliceEndpoint st5 = endpoint(5, "there", "st");
        SliceEndpoint t6 = endpoint(6, "here", "t");
        SliceEndpoint za7 = endpoint(7, "there", "rs", "zone-a");
        SliceEndpoint zb8 = endpoint(8, "here", "rs", "zone-b");
        SliceEndpoint n9 = endpoint(9, "here", "rs", "here", "zone-a");
        SliceEndpoint n10 = endpoint(10, "there", "rs", "there", "zone-a");
        SliceEndpoint unreadyHint11 = endpoint(11, "there", "", "zone-b");
        SliceEndpoint n12 = endpoint(12, "there", "rs", "there", "zone-b");
        SliceEndpoint published13 = endpoint(13, "here", "rst");
        SliceEndpoint readyOnly14 = endpoint(14, "there", "r");
        SliceEndpoint stza15 = endpoint(15, "here", "st", "zone-a");
        SliceEndpoint stzb16 = endpoint(16, "there", "st", "zone-b");
        SliceEndpoint both17 = endpoint(17, "there", "rs", "zone-a", "zone-b");
        SliceEndpoint nodeOnly18 = endpoint(18, "here", "rs", "here");
        return Stream.of(
                row("KP-3 ready only, wherever", "CC-", "1 2", "", r1, r2, unready3, st4),
                row("KP-3 none ready: serving and terminating", "CC-", "4 5", "", unready3, st4, st5, t6),
                row("KP-5 terminating and not serving is never used", "CC-", "", "", t6),
                row("KP-3 not ready and not terminating is no fallback", "CC-", "", "", unready3),
                row("KP-1 internal Local has no cluster list", "LC-", "", "1", r1, r2),
                row("KP-1 internal Local but externally accessible needs both", "LCx", "1 2", "1", r1, r2),
                row("KP-1 external Local needs both", "CLx", "1 2", "1", r1, r2),
                row("KP-1 external Local without access counts for nothing", "CL-", "1 2", "", r1, r2),
                row("KP-4 local falls back by itself", "CLx", "2", "4", r2, st4),
                row("KP-4 cluster falls back by itself", "CLx", "4 5", "4", st4, st5),
                row("KP-6 internal Local does not go to other nodes", "LC-", "", "", r2, st5),
                row("KP-2 zone hints on every ready endpoint", "CC-", "7", "", za7, zb8),
                row("KP-2 one endpoint without a hint disables the level", "CC-", "1 7 8", "", r1, za7, zb8),
                row("KP-2 hints of what is not ready do not matter", "CC-", "7", "", za7, unready3, unreadyHint11),
                row("KP-2 node hints come before zone hints", "CC-", "9", "", n9, n10),
                row("KP-2 no node hint names this node: zone hints decide", "CC-", "10", "", n10, n12),
                row("KP-2 no zone hint names this zone: none", "CC-", "8", "", zb8),
                row("KP-3 the fallback ignores topology", "CC-", "4 5", "", st4, st5, unreadyHint11),
                row("KP-4 hints never filter the local list", "CLx", "7", "8", za7, zb8),
                row(
                        "EPS-1 ready counts, though it terminates (publishNotReadyAddresses)",
                        "CC-",
                        "1 13",
                        "",
                        r1,
                        published13),
                row("EPS-1 ready counts, though it is not serving", "CC-", "1 14", "", r1, readyOnly14),
                row("KP-1 both policies Local without access: no cluster list", "LL-", "", "1", r1, r2),
                row("KP-1 both policies Local and accessible need both", "LLx", "1 2", "1", r1, r2),
                row("KP-1 policies Cluster have no local list", "CCx", "1 2", "", r1, r2),
                row(
                        "KP-2 one without a node hint disables that level: zone hints decide",
                        "CC-",
                        "7 9",
                        "",
                        n9,
                        za7,
                        zb8),
                row("KP-2 one without a zone hint disables that level alone", "CC-", "9 18", "", n9, nodeOnly18, n12),
                row("KP-2 neither level is whole: none", "CC-", "7 18", "", za7, nodeOnly18),
                row("KP-2 one hint of several names this zone", "CC-", "17", "", both17, zb8),
                row("KP-2 hints of what terminates do not matter", "CC-", "1 8", "", r1, zb8, stza15),
                row("KP-2 what terminates needs no hint", "CC-", "7", "", za7, zb8, st4),
                row("KP-3 the fallback ignores the hints of what it uses", "CC-", "15 16", "", stza15, stzb16),
                row("KP-3 one is ready, if only by a far hint: no fallback", "CC-", "8", "", zb8, stza15),
                row("KP-4 one ready here: what terminates here is not used", "CLx", "1 2", "1", r1, r2, st4),
                row("KP-4 the fallback here ignores hints", "CLx", "7", "15", za7, stza15, stzb16),
                row("KP-5 nor is it used where the policy is Local", "CLx", "2", "", r2, t6, unready3),
                row("KP-6 external Local, none here: nothing for the outside, all for the inside", "CLx", "2", "", r2),
                row("KP-6 the policy Local goes before topology", "LC-", "", "8", za7, zb8),
                row("KP-6 no endpoint at all", "LLx", "", ""));
    }

    private static Arguments row(
            String rule, String policies, String cluster, String local, SliceEndpoint... endpoints) {
        return Arguments.of(rule, policies, cluster, local, endpoints);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    @DisplayName("follow kube-proxy's rules")
    void followTheRules(String rule, String policies, String cluster, String local, SliceEndpoint[] endpoints) {
        Selection selection = EndpointSelection.select(
                picture(
                        policies.charAt(0) == 'L' ? TrafficPolicy.LOCAL : TrafficPolicy.CLUSTER,
                        policies.charAt(1) == 'L' ? TrafficPolicy.LOCAL : TrafficPolicy.CLUSTER,
                        policies.charAt(2) == 'x',
                        slice("default/one", "", 1, endpoints)),
                HTTP,
                false,
                HERE);

        assertThat(sorted(addresses(selection.cluster()))).as("cluster list").isEqualTo(cluster);
        assertThat(sorted(addresses(selection.local()))).as("local list").isEqualTo(local);
    }

    private static String sorted(String addresses) {
        return addresses.isEmpty()
                ? ""
                : String.join(
                        " ",
                        Stream.of(addresses.split(" ", -1))
                                .map(Integer::valueOf)
                                .sorted()
                                .map(String::valueOf)
                                .toList());
    }

    @Test
    @DisplayName("that are reachable are both lists, each endpoint once (KP-7)")
    void unionIsReachable() {
        Selection selection = EndpointSelection.select(
                picture(
                        TrafficPolicy.CLUSTER,
                        TrafficPolicy.LOCAL,
                        true,
                        slice("default/one", "", 1, endpoint(1, "there", "rs"), endpoint(2, "here", "st"))),
                HTTP,
                false,
                HERE);

        assertThat(addresses(selection.reachable())).isEqualTo("1 2");
        assertThat(selection.existsAnywhere()).isTrue();
    }

    @Test
    @DisplayName("know no near zone on a node that has none (KP-2)")
    void nodeWithoutZone() {
        ServicePicture picture = picture(
                TrafficPolicy.CLUSTER,
                TrafficPolicy.CLUSTER,
                false,
                slice(
                        "default/one",
                        "",
                        1,
                        endpoint(7, "there", "rs", "zone-a"),
                        endpoint(8, "there", "rs", "zone-b")));

        Selection selection = EndpointSelection.select(picture, HTTP, false, new NodeIdentity("here", "", "east"));

        assertThat(addresses(selection.cluster())).isEqualTo("7 8");
    }

    static Stream<Arguments> anywhere() {
        return Stream.of(
                Arguments.of("KP-7 ready elsewhere: drop", true, endpoint(1, "there", "rs")),
                Arguments.of("KP-7 terminating and serving elsewhere: drop", true, endpoint(1, "there", "st")),
                Arguments.of("KP-7 not ready anywhere: reject", false, endpoint(1, "here", "s")),
                Arguments.of("KP-7 only terminating anywhere: reject", false, endpoint(1, "here", "t")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("anywhere")
    @DisplayName("are none here, which is told from none anywhere")
    void dropOrReject(String rule, boolean exists, SliceEndpoint endpoint) {
        Selection selection = EndpointSelection.select(
                picture(TrafficPolicy.LOCAL, TrafficPolicy.CLUSTER, false, slice("default/one", "", 1, endpoint)),
                HTTP,
                false,
                HERE);

        assertThat(selection.reachable()).as(rule).isEmpty();
        assertThat(selection.existsAnywhere()).as(rule).isEqualTo(exists);
    }

    @Test
    @DisplayName("that only terminate do not count for the health-check port, nor does a second address family (KP-8)")
    void localReady() {
        SliceEndpoint six =
                new SliceEndpoint("fd00::1", true, true, false, "here", null, Set.of(), Set.of(), "uid-1", 1);
        Slice ipv6 = new Slice(
                "default/six",
                KEY,
                "",
                true,
                1,
                List.of(new Slice.SlicePort("http", Protocol.TCP, 8080)),
                List.of(six));
        Slice ipv4 = slice(
                "default/four",
                "",
                1,
                endpoint(1, "here", "rs"),
                endpoint(2, "here", "st"),
                endpoint(3, "there", "rs"));

        assertThat(EndpointSelection.localReady(
                        picture(TrafficPolicy.CLUSTER, TrafficPolicy.LOCAL, true, ipv4, ipv6), HERE))
                .isOne();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "10.0.0.1 10.0.0.2|fd00::1 fd00::2|-|127.96.0.1|2",
                "10.0.0.1|fd00::1 fd00::2|-|127.96.0.1|1",
                "10.0.0.1|fd00::1 fd00::2|-|fd00:96::1|2",
                "10.0.0.1|fd00::1|db|127.96.0.1|1",
            })
    @DisplayName(
            "without a targetRef count for the health-check port by hostname, else in the first family only (KP-8)")
    void localReadyByHand(String four, String six, @Nullable String hostname, String virtual, int expected) {
        ServicePort metrics = new ServicePort("metrics", Protocol.TCP, 81, 0);
        ServiceEntry entry = new ServiceEntry(
                KEY,
                List.of(virtual),
                List.of(),
                List.of(HTTP, metrics),
                TrafficPolicy.CLUSTER,
                TrafficPolicy.LOCAL,
                true,
                null,
                null);
        Map<String, Slice> slices = Map.of(
                "default/four",
                byHand("default/four", four, hostname),
                "default/six",
                byHand("default/six", six, hostname));

        assertThat(EndpointSelection.localReady(new ServicePicture(KEY, entry, slices), HERE))
                .isEqualTo(expected);
    }

    /** A slice with two ports. */
    private static Slice byHand(String id, String addresses, @Nullable String hostname) {
        List<SliceEndpoint> endpoints = Stream.of(addresses.split(" ", -1))
                .map(address -> new SliceEndpoint(
                        address, true, true, false, "here", null, Set.of(), Set.of(), null, 1, true, hostname))
                .toList();
        return new Slice(
                id,
                KEY,
                "",
                addresses.indexOf(':') >= 0,
                1,
                List.of(
                        new Slice.SlicePort("http", Protocol.TCP, 8080),
                        new Slice.SlicePort("metrics", Protocol.TCP, 8081)),
                endpoints);
    }

    @Test
    @DisplayName("exist elsewhere even when this node must drop (KP-6, KP-7)")
    void existsElsewhere() {
        Selection selection = EndpointSelection.select(
                picture(
                        TrafficPolicy.LOCAL,
                        TrafficPolicy.CLUSTER,
                        false,
                        slice("default/one", "", 1, endpoint(1, "there", "rs"))),
                HTTP,
                false,
                HERE);

        assertThat(selection.reachable()).isEmpty();
        assertThat(selection.existsAnywhere()).isTrue();
    }

    @Test
    @DisplayName("prefer the live endpoint over the ghost with the same address, even from an older slice (EPS-9)")
    void liveBeforeGhost() {
        SliceEndpoint ghost = endpoint(1, "here", "st");
        SliceEndpoint live =
                new SliceEndpoint("10.0.0.1", true, true, false, "here", null, Set.of(), Set.of(), "other", 1);

        Selection selection = EndpointSelection.select(
                picture(
                        TrafficPolicy.CLUSTER,
                        TrafficPolicy.CLUSTER,
                        false,
                        slice("default/newer", "", 9, ghost),
                        slice("default/older", "", 3, live)),
                HTTP,
                false,
                HERE);

        assertThat(selection.cluster()).extracting(Candidate::identity).containsExactly("/other");
    }

    @Test
    @DisplayName("take an endpoint that moves between slices from the newer one (EPS-9)")
    void newerSliceForTheSameTarget() {
        Selection selection = EndpointSelection.select(
                picture(
                        TrafficPolicy.CLUSTER,
                        TrafficPolicy.CLUSTER,
                        false,
                        slice("default/a", "", 3, endpoint(1, "here", "rs")),
                        slice("default/b", "", 9, endpoint(1, "here", ""))),
                HTTP,
                false,
                HERE);

        assertThat(selection.cluster()).isEmpty();
    }

    static Stream<Arguments> twice() {
        return Stream.of(
                Arguments.of("EPS-9 reused address, live in the newer slice", "uid-1 st 3", "other rs 9", "other"),
                Arguments.of("EPS-9 reused address, not ready yet but no ghost", "uid-1 st 9", "other s 3", ""),
                Arguments.of(
                        "EPS-9 reused address, a ghost that answers before one that is dead",
                        "uid-1 st 3",
                        "other t 9",
                        "uid-1"),
                Arguments.of("EPS-9 reused address, both live: the newer slice", "uid-1 rs 9", "other rs 3", "uid-1"),
                Arguments.of("EPS-9 moving, ready in the newer slice", "uid-1 s 3", "uid-1 rs 9", "uid-1"),
                Arguments.of("EPS-9 written twice, same version: the live word", "uid-1 t 3", "uid-1 rs 3", "uid-1"));
    }

    /** Each sighting: target, conditions, version of its slice. Expected is the target in choice. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("twice")
    @DisplayName("take one address once, whichever slice comes first (EPS-9)")
    void oneAddressOnce(String rule, String one, String other, String expected) {
        for (List<String> order : List.of(List.of(one, other), List.of(other, one))) {
            Selection selection = EndpointSelection.select(
                    picture(
                            TrafficPolicy.CLUSTER,
                            TrafficPolicy.CLUSTER,
                            false,
                            sighted("default/a", order.get(0)),
                            sighted("default/b", order.get(1))),
                    HTTP,
                    false,
                    HERE);
            assertThat(selection.cluster())
                    .as(rule)
                    .extracting(Candidate::identity)
                    .containsExactlyElementsOf(expected.isEmpty() ? List.of() : List.of("/" + expected));
        }
    }

    private static Slice sighted(String id, String sighting) {
        String[] parts = sighting.split(" ", -1);
        SliceEndpoint endpoint = new SliceEndpoint(
                "10.0.0.1",
                parts[1].contains("r"),
                parts[1].contains("s"),
                parts[1].contains("t"),
                "here",
                null,
                Set.of(),
                Set.of(),
                parts[0],
                1);
        return slice(id, "", Long.parseLong(parts[2]), endpoint);
    }

    @Test
    @DisplayName("of the other family in a slice are ignored (EPS-7)")
    void wrongFamily() {
        SliceEndpoint six =
                new SliceEndpoint("fd00::1", true, true, false, "here", null, Set.of(), Set.of(), "uid-6", 1);
        assertThat(addresses(cluster(slice("default/one", "", 1, endpoint(1, "here", "rs"), six))))
                .isEqualTo("1");
    }

    @Test
    @DisplayName("come from all clusters, and another cluster's node of this name is not local")
    void remoteBesideLocal() {
        ServicePicture picture = picture(
                TrafficPolicy.CLUSTER,
                TrafficPolicy.LOCAL,
                true,
                slice("default/west", "west", 1, endpoint(1, "here", "rs")),
                slice("default/east", "east", 1, endpoint(2, "here", "rs")));

        Selection selection = EndpointSelection.select(picture, HTTP, false, HERE);

        assertThat(sorted(addresses(selection.cluster()))).isEqualTo("1 2");
        assertThat(addresses(selection.local())).isEqualTo("2");
        assertThat(selection.cluster()).extracting(Candidate::identity).containsExactly("east/uid-2", "west/uid-1");
    }

    @Test
    @DisplayName("are of the port's name, protocol and family only (EPS-7)")
    void portAndFamily() {
        ServicePicture picture = picture(
                TrafficPolicy.CLUSTER,
                TrafficPolicy.CLUSTER,
                false,
                slice("default/one", "", 1, endpoint(1, "here", "rs")));

        assertThat(EndpointSelection.select(picture, HTTP, true, HERE).cluster())
                .isEmpty();
        assertThat(EndpointSelection.select(picture, new ServicePort("other", Protocol.TCP, 81, 0), false, HERE)
                        .cluster())
                .isEmpty();
        assertThat(EndpointSelection.select(picture, new ServicePort("http", Protocol.UDP, 80, 0), false, HERE)
                        .cluster())
                .isEmpty();
    }

    @Test
    @DisplayName("ranks what is stale behind what is fresh, and keeps using it where nothing fresh is ready")
    void staleBehindFresh() {
        Slice stale = stale(slice("west", "west", 1, endpoint(1, "far", "rs"), endpoint(2, "far", "st")));
        Slice fresh = slice("north", "north", 1, endpoint(3, "far", "rs"));
        Slice unready = slice("south", "south", 1, endpoint(4, "far", ""));
        assertThat(addresses(cluster(stale, fresh, unready))).isEqualTo("3");
        assertThat(addresses(cluster(stale, unready))).isEqualTo("1");
        assertThat(addresses(cluster(stale))).isEqualTo("1");
    }

    private static List<Candidate> cluster(Slice... slices) {
        return EndpointSelection.select(
                        picture(TrafficPolicy.CLUSTER, TrafficPolicy.CLUSTER, false, slices), HTTP, false, HERE)
                .cluster();
    }

    private static Slice stale(Slice slice) {
        return new Slice(
                slice.id(),
                slice.service(),
                slice.cluster(),
                slice.ipv6(),
                slice.version(),
                slice.ports(),
                slice.endpoints(),
                true);
    }
}
