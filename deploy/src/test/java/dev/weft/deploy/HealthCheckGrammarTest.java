package dev.weft.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.proxy.health.HealthCheck;
import dev.weft.registry.resource.Cidr;
import dev.weft.registry.resource.FieldError;
import dev.weft.registry.resource.KindRules;
import dev.weft.registry.resource.NetworkRanges;
import dev.weft.registry.resource.PortRange;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.resource.StandardKinds;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("What a registry stores of checks")
class HealthCheckGrammarTest {
    private static final String GROUP = "mesh.weft.dev/";
    private static final KindRules SERVICES = Objects.requireNonNull(StandardKinds.catalog(new NetworkRanges(
                            List.of(Cidr.of("127.96.0.0/16")), List.of(), PortRange.KUBERNETES_NODE_PORTS))
                    .find(new ResourceType("", "services")))
            .rules();

    private static boolean stored(String name, String value) {
        ObjectNode service = JsonNodeFactory.instance.objectNode();
        service.putObject("metadata").putObject("annotations").put(GROUP + name, value);
        return SERVICES.validate(service).stream()
                .map(FieldError::toString)
                .noneMatch(fault -> fault.contains(GROUP + name));
    }

    /** Both kinds of checks are read by the same reader. */
    private static boolean understood(String name, String value) {
        Map<String, String> wishes = new HashMap<>(Map.of(HealthCheck.DATA_PATH, "tcp"));
        wishes.put(name.equals("health-check") ? HealthCheck.DATA_PATH : name, value);
        return HealthCheck.whyNot(wishes).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "health-check | tcp,TCP,icmp,ping,'',http:,http:/,http:/healthz?a=b,http:/a b,https:/x,http:/ä,udp,tcp:80",
                "data-path-check | tcp,icmp,http:/,http:/healthz,http:/a b,http:healthz",
                "health-check-status | 200,200-399,99,099,600,599,200-,2xx,200-600,300-200,'',200 - 399",
                "health-check-interval | 100ms,99ms,0100ms,0000100ms,00000100ms,1s,0s,00s,0m,1m,1h,9999999s,10000000s,1,5 s,0.5s,-1s,''",
                "health-check-timeout | 100ms,99ms,9999999ms,10000000ms,1s,0s,5m,1us",
                "health-check-healthy-threshold | 0,1,01,001,0001,10,010,99,100,101,0100,1000,-1,two,''",
                "health-check-unhealthy-threshold | 0,1,50,100,101,000,+1"
            },
            quoteCharacter = '"')
    @DisplayName("is what a proxy-node understands, value by value")
    void agree(String name, String values) {
        for (String each : values.split(",", -1)) {
            String value = each.equals("''") ? "" : each;
            assertThat(stored(name, value)).as("%s: '%s'", name, value).isEqualTo(understood(name, value));
        }
        assertThat(values.split(",", -1)).as("some of each").anyMatch(value -> stored(name, value));
        assertThat(values.split(",", -1)).anyMatch(value -> !stored(name, value));
    }

    @ParameterizedTest
    @CsvSource({"1023, true", "1024, false"})
    @DisplayName("has paths as long as a proxy-node takes them")
    void paths(int letters, boolean fits) {
        String check = "http:/" + "a".repeat(letters);
        assertThat(stored("health-check", check)).isEqualTo(fits);
        assertThat(understood("health-check", check)).isEqualTo(fits);
    }
}
