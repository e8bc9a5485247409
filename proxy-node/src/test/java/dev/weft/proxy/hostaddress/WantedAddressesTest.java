package dev.weft.proxy.hostaddress;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.proxy.view.ServiceView;
import dev.weft.proxy.view.ViewBatch;
import dev.weft.proxy.view.ViewUpdate;
import dev.weft.proxy.view.WatchedKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("the addresses that a host is to have")
class WantedAddressesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PORTS = "'ports':[{'port':80}]";

    private boolean listening = true;

    /** Of services whose name begins with a {@code k} the kernel takes care. */
    private final WantedAddresses wanted =
            new WantedAddresses(picture -> listening && !picture.key().name().startsWith("k"));

    private ServiceView view = ServiceView.empty("n");

    private static JsonNode service(String name, String spec, String... balanced) {
        String ingress = String.join(
                ",", Arrays.stream(balanced).map(ip -> "{'ip':'" + ip + "'}").toList());
        try {
            return JSON.readTree(("{'metadata':{'namespace':'default','name':'" + name + "'},'spec':{" + spec
                            + "},'status':{'loadBalancer':{'ingress':[" + ingress + "]}}}")
                    .replace('\'', '"'));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean apply(JsonNode... services) {
        ViewUpdate update = view.apply(List.of(new ViewBatch(WatchedKind.SERVICES, List.of(services), Map.of())));
        view = update.view();
        return wanted.apply(update);
    }

    @Test
    @DisplayName("are those of load balancers, and cluster IPs where listeners serve, in one spelling")
    void ofBalancersAndListeners() {
        assertThat(apply(
                        service(
                                "kernel",
                                "'clusterIPs':['10.96.0.1'],'externalIPs':['192.0.2.9']," + PORTS,
                                "192.0.2.1"),
                        service("web", "'clusterIPs':['10.96.0.2','FD00:0::2']," + PORTS, "2001:db8:0::1")))
                .isTrue();

        assertThat(wanted.all()).containsExactlyInAnyOrder("192.0.2.1", "10.96.0.2", "fd00::2", "2001:db8::1");
    }

    @Test
    @DisplayName("are none of loopback, link-local and unspecified ones, of headless and of external names")
    void notEverywhere() {
        assertThat(apply(
                        service("web", "'clusterIPs':['127.96.0.2']," + PORTS, "127.200.0.1", "0.0.0.0", "169.254.1.1"),
                        service("headless", "'clusterIP':'None','clusterIPs':['None']," + PORTS),
                        service("name", "'type':'ExternalName','externalName':'example.org'", "192.0.2.7")))
                .isFalse();

        assertThat(wanted.all()).isEmpty();
    }

    @Test
    @DisplayName("are told of, once, when a service is gone or the kernel takes it over: connections run on there")
    void ofFormerListeners() {
        apply(service("web", "'clusterIPs':['10.96.0.2','fd00::2']," + PORTS, "192.0.2.1"));
        assertThat(wanted.takeAbandoned()).isEmpty();
        listening = false;
        assertThat(apply(service(
                        "web",
                        "'clusterIPs':['10.96.0.2','fd00::2'],'internalTrafficPolicy':'Local'," + PORTS,
                        "192.0.2.1")))
                .isTrue();
        assertThat(wanted.all()).containsExactly("192.0.2.1");
        assertThat(wanted.takeAbandoned()).containsExactlyInAnyOrder("10.96.0.2", "fd00::2");

        assertThat(apply()).isTrue();
        assertThat(wanted.all()).isEmpty();
        assertThat(wanted.takeAbandoned()).containsExactly("192.0.2.1");
        assertThat(wanted.takeAbandoned()).isEmpty();
    }

    @Test
    @DisplayName("are not told of when a service that is still served has given one up")
    void givenUp() {
        apply(service("web", "'clusterIPs':['10.96.0.2']," + PORTS, "192.0.2.1"));
        assertThat(apply(service("web", "'clusterIPs':['10.96.0.2']," + PORTS, "192.0.2.2")))
                .isTrue();
        assertThat(wanted.all()).containsExactly("10.96.0.2", "192.0.2.2");
        assertThat(wanted.takeAbandoned()).isEmpty();
    }

    @Test
    @DisplayName("stay while any service has them, and go with the last")
    void shared() {
        JsonNode one = service("one", "'clusterIPs':['10.96.0.1']," + PORTS, "192.0.2.1");
        JsonNode two = service("two", "'clusterIPs':['10.96.0.2']," + PORTS, "192.0.2.1");
        apply(one, two);
        assertThat(apply(one, two)).as("nothing new").isFalse();

        assertThat(apply(two)).isTrue();
        assertThat(wanted.all()).containsExactly("10.96.0.2", "192.0.2.1");
        assertThat(apply()).isTrue();
        assertThat(wanted.all()).isEmpty();
    }
}
