package dev.weft.registry.federation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.registry.endpoints.EndpointTypes;
import dev.weft.registry.endpoints.FakeShard;
import dev.weft.registry.endpoints.SliceContent;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.wire.ExportRecord;
import dev.weft.registry.wire.FederationCodec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An export")
class ExportPlanTest {
    private final FakeShard shard = new FakeShard(null);
    private final Resource export = shard.put(
            FederationTypes.EXPORTS,
            "my-service",
            "{'metadata':{'creationTimestamp':'2026-01-01T00:00:00Z'},'spec':{'exportedLabels':{'a':'b'}}}");
    private final Resource service = shard.put(
            EndpointTypes.SERVICES,
            "my-service",
            "{'metadata':{'labels':{'never':'exported'}},'spec':{'type':'ClusterIP','clusterIP':'10.0.0.1',"
                    + "'ipFamilies':['IPv4'],'sessionAffinity':'None','internalTrafficPolicy':'Cluster',"
                    + "'ports':[{'name':'http','port':80,'protocol':'TCP'}]}}");

    private SliceContent slice(int from, int to, int unready) {
        List<String> endpoints = new ArrayList<>();
        for (int i = from; i < to; i++) {
            endpoints.add("{'addresses':['10.244." + i / 250 + "." + i % 250 + "'],'conditions':{'ready':"
                    + (i != unready) + ",'serving':" + (i != unready) + ",'terminating':false},'nodeName':'node-"
                    + i % 100 + ".example','zone':'europe-west4-b','targetRef':{'kind':'Pod','namespace':'ns','name':"
                    + "'my-service-7d4b9c8f6d-x2" + i + "','uid':'6f1d2c3b-4a5e-4f60-8172-"
                    + String.format("%012d", i) + "'}}");
        }
        return SliceContent.parse(shard.put(
                EndpointTypes.SLICES,
                "s" + from,
                "{'metadata':{'labels':{'kubernetes.io/service-name':'my-service'}},'addressType':'IPv4','ports':"
                        + "[{'name':'http','protocol':'TCP','port':9376}],'endpoints':["
                        + String.join(",", endpoints) + "]}"));
    }

    private List<SliceContent> slices(int count, int unready) {
        List<SliceContent> slices = new ArrayList<>();
        for (int from = 0; from < count; from += 100) {
            slices.add(slice(from, Math.min(count, from + 100), unready));
        }
        return slices;
    }

    @Test
    @DisplayName("says what holds for all clusters, and never labels from metadata (MCS-11)")
    void serviceRecord() {
        Map<String, ExportRecord> records = ExportPlan.records(export, service, List.of());
        assertThat(records)
                .containsOnlyKeys("ns/my-service")
                .containsValue(new ExportRecord.Service(
                        1767225600000L,
                        false,
                        List.of(new ExportRecord.Port("http", "TCP", 80, "")),
                        "None",
                        0,
                        List.of("IPv4"),
                        "Cluster",
                        "",
                        Map.of("a", "b"),
                        Map.of()));
    }

    @Test
    @DisplayName("is refused without a Service and for an ExternalName (MCS-1, MCS-2)")
    void validity() {
        assertThat(ExportPlan.Validity.of(null).reason()).isEqualTo("NoService");
        Resource external = shard.put(EndpointTypes.SERVICES, "x", "{'spec':{'type':'ExternalName'}}");
        assertThat(ExportPlan.Validity.of(external).reason()).isEqualTo("InvalidServiceType");
        assertThat(ExportPlan.records(export, external, List.of())).isEmpty();
        assertThat(ExportPlan.records(export, null, List.of())).isEmpty();
    }

    @Test
    @DisplayName("of 5,000 endpoints tells one endpoint's readiness in one record of less than 400 bytes, key included")
    void oneFlip() {
        Map<String, ExportRecord> before = ExportPlan.records(export, service, slices(5_000, -1));
        Map<String, ExportRecord> after = ExportPlan.records(export, service, slices(5_000, 4_321));
        assertThat(after).hasSameSizeAs(before);
        List<String> changed = after.keySet().stream()
                .filter(key -> !Objects.equals(after.get(key), before.get(key)))
                .toList();
        assertThat(changed).hasSize(1);
        int largest = after.entrySet().stream()
                .mapToInt(each -> each.getKey().length()
                        + FederationCodec.encode(each.getValue()).length())
                .max()
                .orElseThrow();
        assertThat(largest).isLessThan(400);
        assertThat(after.keySet())
                .allSatisfy(key -> assertThat(ExportKey.parse(key)).isNotNull());
    }

    @Test
    @DisplayName("is told in the same records whichever slices its endpoints stand in, and however they came there")
    void independentOfHistory() {
        List<SliceContent> slices = slices(300, 7);
        Map<String, ExportRecord> expected = ExportPlan.records(export, service, slices);
        for (int seed = 0; seed < 10; seed++) {
            List<SliceContent> shuffled = new ArrayList<>(slices);
            Collections.shuffle(shuffled, new Random(seed));
            assertThat(ExportPlan.records(export, service, shuffled))
                    .as("seed %d", seed)
                    .isEqualTo(expected);
        }
    }

    @Test
    @DisplayName("reads back from its bytes as it was, and nothing else reads as an export")
    void codec() {
        Map<String, ExportRecord> read = new HashMap<>();
        Map<String, ExportRecord> records = ExportPlan.records(export, service, slices(120, 3));
        records.forEach((key, content) -> read.put(key, FederationCodec.decode(FederationCodec.encode(content))));
        assertThat(read).isEqualTo(records);
        assertThat(FederationCodec.decode(akka.util.ByteString.fromString("no protobuf")))
                .isNull();
        assertThat(ExportKey.parse("../x")).isNull();
        assertThat(ExportKey.parse("ns/Upper")).isNull();
    }

    @Test
    @DisplayName("carries the weights of endpoints into the slices of the others; without one nothing is said")
    void weights() {
        SliceContent slice = SliceContent.parse(shard.put(
                EndpointTypes.SLICES,
                "w",
                "{'metadata':{'annotations':{'mesh.weft.dev/weights':'10.0.0.1=3,10.0.0.2=0'}},'addressType':'IPv4',"
                        + "'ports':[{'name':'http','protocol':'TCP','port':1}],'endpoints':[{'addresses':['10.0.0.1']},"
                        + "{'addresses':['10.0.0.2']},{'addresses':['10.0.0.3']}]}"));
        SliceContent whole = SliceContent.parse(shard.put(
                EndpointTypes.SLICES,
                "hand",
                "{'metadata':{'annotations':{'mesh.weft.dev/weight':'9'}},'addressType':'IPv4',"
                        + "'ports':[{'name':'http','protocol':'TCP','port':1}],"
                        + "'endpoints':[{'addresses':['10.0.0.4']}]}"));
        List<ExportRecord.Endpoints> heard = new ArrayList<>();
        for (ExportRecord record :
                ExportPlan.records(export, service, List.of(slice, whole)).values()) {
            if (FederationCodec.decode(FederationCodec.encode(record)) instanceof ExportRecord.Endpoints part) {
                heard.add(part);
            }
        }
        Map<String, SliceContent> imported =
                ImportedSlices.of(ExportName.of(export.key()), "east", heard, Set.of("http"), false);
        assertThat(imported).hasSize(1);
        imported.forEach((name, content) -> assertThat(content.toObject(export.key(), "")
                        .at("/metadata/annotations")
                        .path("mesh.weft.dev/weights")
                        .asText())
                .isEqualTo("10.0.0.1=3,10.0.0.2=0,10.0.0.4=9"));
    }

    @Test
    @DisplayName("prefers the live endpoint where two share an address, whichever slice is newer (EPS-9)")
    void ghost() {
        String ghost = "{'addresses':['10.0.0.9'],'conditions':{'ready':false,'serving':true,'terminating':true},"
                + "'targetRef':{'kind':'Pod','name':'old','uid':'1'}}";
        String live = "{'addresses':['10.0.0.9'],'conditions':{'ready':true,'serving':true,'terminating':false},"
                + "'targetRef':{'kind':'Pod','name':'new','uid':'2'}}";
        for (String both : List.of(ghost + "," + live, live + "," + ghost)) {
            SliceContent slice = SliceContent.parse(shard.put(
                    EndpointTypes.SLICES, "g", "{'addressType':'IPv4','ports':[],'endpoints':[" + both + "]}"));
            assertThat(ExportPlan.records(export, service, List.of(slice)).values())
                    .filteredOn(each -> each instanceof ExportRecord.Endpoints)
                    .singleElement()
                    .satisfies(each -> assertThat(((ExportRecord.Endpoints) each).endpoints())
                            .extracting(ExportRecord.Endpoint::targetName)
                            .containsExactly("new"));
        }
    }
}
