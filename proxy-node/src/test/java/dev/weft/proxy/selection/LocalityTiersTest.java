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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("endpoints by how near they are")
class LocalityTiersTest {
    private static final ServiceKey WEB = ServiceKey.imported("default", "web");
    private static final ServicePort PORT = new ServicePort("", Protocol.TCP, 80, 0);
    private static final NodeIdentity HERE = new NodeIdentity("n1", "a", "east");

    private final Map<String, Slice> slices = new HashMap<>();

    private static SliceEndpoint endpoint(
            String address, @Nullable String node, @Nullable String zone, boolean ready, boolean terminating) {
        return new SliceEndpoint(address, ready, ready, terminating, node, zone, Set.of(), Set.of(), null, 1);
    }

    private static SliceEndpoint ready(String address, String node, String zone) {
        return endpoint(address, node, zone, true, false);
    }

    private void slice(String cluster, SliceEndpoint... endpoints) {
        String id = "default/" + cluster + slices.size();
        slices.put(
                id,
                new Slice(
                        id,
                        WEB,
                        cluster,
                        false,
                        1,
                        List.of(new Slice.SlicePort("", Protocol.TCP, 8080)),
                        List.of(endpoints)));
    }

    private List<String> tiers(Locality nearest) {
        ServiceEntry entry = new ServiceEntry(
                WEB,
                List.of("10.0.0.1"),
                List.of(),
                List.of(PORT),
                TrafficPolicy.CLUSTER,
                TrafficPolicy.CLUSTER,
                false,
                null,
                null);
        ServicePicture picture = new ServicePicture(WEB, entry, slices);
        List<Candidate> chosen =
                EndpointSelection.select(picture, PORT, false, HERE).cluster();
        List<String> tiers = new ArrayList<>();
        LocalityTiers.of(chosen, picture, PORT, false, HERE, nearest)
                .forEach(tier -> tiers.add(tier.rank() + tier.cluster() + " "
                        + tier.candidates().stream().map(Candidate::address).toList() + " of " + tier.known()));
        return tiers;
    }

    @Test
    @DisplayName("come node, zone, cluster, other clusters, as fine as is asked for")
    void order() {
        slice("east", ready("1.1.1.1", "n1", "a"), ready("1.1.1.2", "n2", "a"), ready("1.1.1.3", "n3", "b"));
        slice("west", ready("2.1.1.1", "n1", "a"));
        slice("north", ready("3.1.1.1", "n9", "a"));
        assertThat(tiers(Locality.NODE))
                .containsExactly(
                        "0 [1.1.1.1] of 1",
                        "1 [1.1.1.2] of 1",
                        "2 [1.1.1.3] of 1",
                        "3north [3.1.1.1] of 1",
                        "3west [2.1.1.1] of 1");
        assertThat(tiers(Locality.ZONE))
                .containsExactly(
                        "1 [1.1.1.1, 1.1.1.2] of 2",
                        "2 [1.1.1.3] of 1",
                        "3north [3.1.1.1] of 1",
                        "3west [2.1.1.1] of 1");
        assertThat(tiers(Locality.CLUSTER))
                .containsExactly("2 [1.1.1.1, 1.1.1.2, 1.1.1.3] of 3", "3north [3.1.1.1] of 1", "3west [2.1.1.1] of 1");
    }

    @Test
    @DisplayName(
            "count what is not ready to the capacity, and what terminates not; slices without a cluster are the own one's")
    void known() {
        slice(
                "",
                ready("1.1.1.1", "n1", "a"),
                endpoint("1.1.1.2", "n2", "a", false, false),
                endpoint("1.1.1.3", "n2", "a", false, true));
        slice("", ready("1.1.1.1", "n1", "a")); // the same once more, while it moves between slices
        slice("west", ready("2.1.1.1", "n1", "a"));
        assertThat(tiers(Locality.CLUSTER)).containsExactly("2 [1.1.1.1] of 2", "3west [2.1.1.1] of 1");
    }

    private List<String> weighed(Map<String, String> annotations, String... cordoned) {
        ServiceEntry entry = new ServiceEntry(
                WEB,
                List.of("10.0.0.1"),
                List.of(),
                List.of(PORT),
                TrafficPolicy.CLUSTER,
                TrafficPolicy.CLUSTER,
                false,
                null,
                null,
                false,
                null,
                null,
                List.of(),
                List.of(),
                annotations,
                0);
        ServicePicture picture = new ServicePicture(WEB, entry, slices);
        List<Candidate> chosen =
                EndpointSelection.select(picture, PORT, false, HERE).cluster();
        return Weighting.apply(chosen, picture, HERE, new TrafficRules(Set.of(cordoned))).stream()
                .map(candidate -> candidate.address() + "=" + candidate.weight())
                .toList();
    }

    @Test
    @DisplayName(
            "weigh as their zone times their cluster; a weight of 0 and a cordon keep out while there is anything else")
    void weights() {
        slice("", ready("1.1.1.1", "n1", "a"), ready("1.1.1.2", "n1", "b"));
        slice("west", ready("2.1.1.1", "n1", "a"));
        assertThat(weighed(Map.of())).containsExactly("1.1.1.1=1", "1.1.1.2=1", "2.1.1.1=1");
        assertThat(weighed(Map.of("cluster-weights", "east=3, west=5", "zone-weights", "b=2,a=1")))
                .containsExactly("1.1.1.1=3", "1.1.1.2=6", "2.1.1.1=5");
        assertThat(weighed(Map.of("cluster-weights", "west=0", "zone-weights", "c=9")))
                .containsExactly("1.1.1.1=1", "1.1.1.2=1");
        assertThat(weighed(Map.of("cluster-weights", "west=0,east=0")))
                .as("nothing else")
                .hasSize(3);
        assertThat(weighed(Map.of("cluster-weights", "west=-1;east,=3")))
                .as("not understood")
                .containsExactly("1.1.1.1=1", "1.1.1.2=1", "2.1.1.1=1");
        assertThat(weighed(Map.of(), "west")).containsExactly("1.1.1.1=1", "1.1.1.2=1");
        assertThat(weighed(Map.of(), "east")).containsExactly("2.1.1.1=1");
        assertThat(weighed(Map.of(), "east", "west")).as("nothing else").hasSize(3);
    }

    @Test
    @DisplayName("of their own multiply with these; one of 0 gets nothing while another is in choice")
    void ownWeights() {
        slice("", weighing("1.1.1.1", 3), weighing("1.1.1.2", 0));
        slice("west", weighing("2.1.1.1", 2));
        assertThat(weighed(Map.of())).containsExactly("1.1.1.1=3", "2.1.1.1=2");
        assertThat(weighed(Map.of("cluster-weights", "west=5"))).containsExactly("1.1.1.1=3", "2.1.1.1=10");
        assertThat(weighed(Map.of("cluster-weights", "west=0"))).containsExactly("1.1.1.1=3");
        slices.clear();
        slice("", weighing("1.1.1.2", 0), weighing("1.1.1.3", 0));
        assertThat(weighed(Map.of())).as("nothing else").containsExactly("1.1.1.2=1", "1.1.1.3=1");
    }

    private static SliceEndpoint weighing(String address, int weight) {
        return new SliceEndpoint(address, true, true, false, "n1", "a", Set.of(), Set.of(), null, weight);
    }

    @Test
    @DisplayName("are named by the annotation's words")
    void names() {
        for (Locality locality : Locality.values()) {
            assertThat(Locality.named(locality.label())).contains(locality);
        }
        assertThat(Locality.named("")).isEmpty();
    }
}
