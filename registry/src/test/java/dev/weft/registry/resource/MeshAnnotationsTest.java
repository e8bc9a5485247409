package dev.weft.registry.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("annotations below mesh.weft.dev/")
class MeshAnnotationsTest {
    private static ObjectNode annotated(String name, String value) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.putObject("metadata").putObject("annotations").put("mesh.weft.dev/" + name, value);
        return object;
    }

    private static List<FieldError> faults(String kind, JsonNode object) {
        List<FieldError> faults = new ArrayList<>();
        switch (kind) {
            case "Service" -> MeshAnnotations.ofService(object, faults);
            case "Pod" -> MeshAnnotations.ofPod(object, faults);
            default -> MeshAnnotations.ofSlice(object, faults);
        }
        return faults;
    }

    @ParameterizedTest(name = "{0} {1}: not {3}")
    @CsvSource(
            delimiter = '|',
            value = {
                "Service | algorithm | least-connection | fastest",
                "Service | data-path-check | http:/healthz | ping",
                "Service | health-check | tcp | icmp",
                "Service | health-check-status | 200-399 | 2xx",
                "Service | health-check-interval | 100ms | 99ms",
                "Service | health-check-timeout | 1m | 1h",
                "Service | health-check-healthy-threshold | 100 | 101",
                "Service | health-check-unhealthy-threshold | 1 | 0",
                "Service | mode | nftables | kernel",
                "Service | locality | zone | near",
                "Service | cluster-weights | east=3, west=1 | east:3",
                "Service | zone-weights | a=0 | a=1000",
                "Service | max-connections | 100 | 1e3",
                "Service | max-connections-by-endpoint | 7 | -7",
                "Service | idle-timeout | 500ms | 30 seconds",
                "Pod | weight | 0 | -1",
                "Pod | weight | 65535 | 65536",
                "Pod | weight | 00007 | 7.5",
                "Pod | weight | 60000 | 70000",
                "EndpointSlice | weight | 3 | three",
                "EndpointSlice | weights | 10.0.0.1=3,fd00::1=0 | 10.0.0.1"
            })
    @DisplayName("are refused where they cannot be read, with what is expected")
    void refused(String kind, String name, String good, String bad) {
        assertThat(faults(kind, annotated(name, good))).isEmpty();
        assertThat(faults(kind, annotated(name, bad)))
                .singleElement()
                .asString()
                .startsWith(
                        "metadata.annotations[mesh.weft.dev/" + name + "]: Invalid value: \"" + bad + "\": must be ");
    }

    @Test
    @DisplayName("that nobody reads there are let through")
    void others() {
        assertThat(faults("Service", annotated("team", "a"))).isEmpty();
        assertThat(faults("Pod", annotated("algorithm", "fastest"))).isEmpty();
        assertThat(faults("Service", JsonNodeFactory.instance.objectNode())).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "algoritm | ; did you mean mesh.weft.dev/algorithm?",
                "Max_Connections | ; did you mean mesh.weft.dev/max-connections?",
                "max-connections-by-endpoints | ; did you mean mesh.weft.dev/max-connections-by-endpoint?",
                "health-check-healty-threshold | ; did you mean mesh.weft.dev/health-check-healthy-threshold?",
                "team | ''"
            })
    @DisplayName("that nobody reads on a Service are warned of, with the name that is nearest to a mistyped one")
    void warnedOf(String name, String hint) {
        String sentence = "unknown annotation mesh.weft.dev/" + name + hint;
        assertThat(new ServiceRules(Samples.RANGES).warnings(annotated(name, "x")))
                .containsExactly(sentence);
        ObjectNode export = JsonNodeFactory.instance.objectNode();
        export.putObject("spec").putObject("exportedAnnotations").put("mesh.weft.dev/" + name, "x");
        assertThat(new ServiceExportRules().warnings(export)).containsExactly(sentence);
    }

    @Test
    @DisplayName("that nobody reads on a Pod are warned of, too; its weight, and what weft run writes, are not")
    void ofPods() {
        assertThat(new PodRules().warnings(annotated("wieght", "5")))
                .containsExactly("unknown annotation mesh.weft.dev/wieght; did you mean mesh.weft.dev/weight?");
        assertThat(new PodRules().warnings(annotated("weight", "5"))).isEmpty();
        assertThat(new PodRules().warnings(annotated("agent", "weft-run"))).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "algorithm",
                "locality",
                "data-path-check",
                "health-check",
                "health-check-port",
                "health-check-status",
                "health-check-unhealthy-threshold",
                "load-balancer-ips",
                "cordoned-clusters"
            })
    @DisplayName("that something of Weft reads on a Service, and others' annotations, are not warned of")
    void notWarnedOf(String name) {
        ObjectNode service = annotated(name, "x");
        ((ObjectNode) service.at("/metadata/annotations")).put("example.org/algoritm", "x");
        assertThat(new ServiceRules(Samples.RANGES).warnings(service)).isEmpty();
    }

    @Test
    @DisplayName("are warned of eight at a time")
    void bounded() {
        ObjectNode service = annotated("a-team", "x");
        for (int i = 0; i < 100; i++) {
            ((ObjectNode) service.at("/metadata/annotations")).put("mesh.weft.dev/team-" + i, "x");
        }
        assertThat(new ServiceRules(Samples.RANGES).warnings(service)).hasSize(8);
    }

    @Test
    @DisplayName("are looked at when a Pod, a Service or a slice is written")
    void admission() {
        assertThat(new PodRules().validate(annotated("weight", "x"))).anyMatch(this::ours);
        assertThat(new EndpointSliceRules(true).validate(annotated("weights", "x")))
                .anyMatch(this::ours);
        assertThat(new ServiceValidation(List.of()).validate(annotated("mode", "x")))
                .anyMatch(this::ours);
    }

    private boolean ours(FieldError fault) {
        return fault.field().startsWith("metadata.annotations[mesh.weft.dev/");
    }
}
