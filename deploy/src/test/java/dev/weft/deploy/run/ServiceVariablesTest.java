package dev.weft.deploy.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The variables of Services")
class ServiceVariablesTest {
    private static JsonNode services(String... each) throws JsonProcessingException {
        return new ObjectMapper().readTree("[" + String.join(",", each).replace('\'', '"') + "]");
    }

    private static String service(String name, String ip, String ports) {
        return "{'metadata':{'name':'" + name + "'},'spec':{'clusterIP':'" + ip + "','ports':[" + ports + "]}}";
    }

    @Test
    @DisplayName(
            "of one with two named ports are the host, each port, and the links of Docker, the first port standing for it")
    void all() throws Exception {
        JsonNode own = services(service(
                "my-db",
                "10.0.0.5",
                "{'name':'sql-main','port':5432,'protocol':'TCP'},{'name':'stats','port':9000,'protocol':'UDP'}"));
        assertThat(ServiceVariables.of(own, services()))
                .containsOnly(
                        entry("MY_DB_SERVICE_HOST", "10.0.0.5"),
                        entry("MY_DB_SERVICE_PORT", "5432"),
                        entry("MY_DB_SERVICE_PORT_SQL_MAIN", "5432"),
                        entry("MY_DB_SERVICE_PORT_STATS", "9000"),
                        entry("MY_DB_PORT", "tcp://10.0.0.5:5432"),
                        entry("MY_DB_PORT_5432_TCP", "tcp://10.0.0.5:5432"),
                        entry("MY_DB_PORT_5432_TCP_PROTO", "tcp"),
                        entry("MY_DB_PORT_5432_TCP_PORT", "5432"),
                        entry("MY_DB_PORT_5432_TCP_ADDR", "10.0.0.5"),
                        entry("MY_DB_PORT_9000_UDP", "udp://10.0.0.5:9000"),
                        entry("MY_DB_PORT_9000_UDP_PROTO", "udp"),
                        entry("MY_DB_PORT_9000_UDP_PORT", "9000"),
                        entry("MY_DB_PORT_9000_UDP_ADDR", "10.0.0.5"));
    }

    @Test
    @DisplayName("leave out headless Services and those without an address")
    void withoutAddress() throws Exception {
        JsonNode own = services(
                service("headless", "None", "{'port':80}"),
                "{'metadata':{'name':'elsewhere'},'spec':{'type':'ExternalName','externalName':'example.org'}}");
        assertThat(ServiceVariables.of(own, services())).isEmpty();
    }

    @Test
    @DisplayName("always name the master of the namespace default, unless the namespace has a kubernetes of its own")
    void master() throws Exception {
        JsonNode defaults = services(service("kubernetes", "10.0.0.1", "{'port':443}"), service("web", "10.0.0.2", ""));
        assertThat(ServiceVariables.of(services(), defaults))
                .containsEntry("KUBERNETES_SERVICE_HOST", "10.0.0.1")
                .doesNotContainKey("WEB_SERVICE_HOST");
        JsonNode own = services(service("kubernetes", "10.0.0.9", "{'port':6443}"));
        assertThat(ServiceVariables.of(own, defaults))
                .containsEntry("KUBERNETES_SERVICE_HOST", "10.0.0.9")
                .containsEntry("KUBERNETES_SERVICE_PORT", "6443");
    }

    @Test
    @DisplayName("put an IPv6 address in brackets where a port follows")
    void brackets() throws Exception {
        assertThat(ServiceVariables.of(services(service("six", "fd00::5", "{'port':80}")), services()))
                .containsEntry("SIX_SERVICE_HOST", "fd00::5")
                .containsEntry("SIX_PORT", "tcp://[fd00::5]:80")
                .containsEntry("SIX_PORT_80_TCP_ADDR", "fd00::5");
    }

    @Test
    @DisplayName("are quoted so that a shell takes them literally")
    void quoted() {
        assertThat(ServiceVariables.export("A", "it's $HOME")).isEqualTo("export A='it'\\''s $HOME'");
    }
}
