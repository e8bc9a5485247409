package dev.weft.api.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Where a request is passed on to")
class ForwardTargetTest {
    private static ForwardTarget parse(String path) {
        List<String> segments = Arrays.stream(path.split("/", -1))
                .filter(segment -> !segment.isEmpty())
                .skip(2)
                .toList();
        ForwardTarget target = ForwardTarget.parse(segments, path);
        return target == null ? fail(path + " is not passed on") : target;
    }

    @ParameterizedTest
    @CsvSource({
        "web, '', web, ''",
        "web:80, '', web, 80",
        "web:http, '', web, http",
        "https:web:443, https, web, 443",
        "http:web:, http, web, ''",
        ":web:80, '', web, 80",
    })
    @DisplayName("is read from the name in the URL as Kubernetes does")
    void reads(String id, String scheme, String name, String port) {
        ForwardTarget target = parse("/api/v1/namespaces/default/services/" + id + "/proxy/x");
        assertThat(target.valid()).isTrue();
        assertThat(target)
                .returns(scheme, ForwardTarget::scheme)
                .returns(name, ForwardTarget::name)
                .returns(port, ForwardTarget::port);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:b:c:d", "ftp:a:80", ":80", "http::80"})
    @DisplayName("makes no sense of other names")
    void refuses(String id) {
        assertThat(parse("/api/v1/namespaces/default/pods/" + id + "/proxy").valid())
                .isFalse();
    }

    @Test
    @DisplayName("leaves the rest of the path as it was written")
    void rest() {
        assertThat(parse("//api/v1//namespaces/n/pods/p/proxy//a%2F/../b/"))
                .returns("//a%2F/../b/", ForwardTarget::rest)
                .returns("//api/v1//namespaces/n/pods/p/proxy", ForwardTarget::prefix);
        assertThat(parse("/api/v1/namespaces/n/pods/p/proxy").rest()).isEmpty();
        assertThat(ForwardTarget.parse(List.of("namespaces", "n", "pods", "p", "status"), ""))
                .isNull();
        assertThat(ForwardTarget.parse(List.of("nodes", "n", "proxy"), "")).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3, 9, true",
        "fd00::1, 9, true",
        "127.0.0.1, 8080, true",
        "::1, 8080, true",
        "127.0.0.1, 9, false",
        "::ffff:127.0.0.1, 9, false",
        "169.254.169.254, 80, false",
        "fe80::1, 80, false",
        "0.0.0.0, 8080, false",
        "::, 8080, false",
        "224.0.0.1, 8080, false",
        "255.255.255.255, 8080, false",
        "localhost, 8080, false",
        "deadbeef, 8080, false",
        "'', 8080, false",
    })
    @DisplayName("is an address that a Pod can rightly have; on loopback, with a port that it declares")
    void allowed(String host, int port, boolean allowed) {
        ObjectNode pod = JsonNodeFactory.instance.objectNode();
        pod.putObject("spec")
                .putArray("containers")
                .addObject()
                .putArray("ports")
                .addObject()
                .put("containerPort", 8080);
        assertThat(Destination.allowed(pod, host, port)).isEqualTo(allowed);
    }

    @ParameterizedTest
    @CsvSource({
        "/a?b#c, /p/proxy/a?b#c",
        "http://10.1.1.1:80/a, /p/proxy/a",
        "http://api:8001/a, /p/proxy/a",
        "/p/proxy/a, /p/proxy/a",
        "a/b, a/b",
        "https://other/a, https://other/a",
        "'::not a uri', '::not a uri'",
    })
    @DisplayName("stays behind the proxy when the workload redirects to itself")
    void redirects(String location, String seen) {
        assertThat(PassedFields.through(location, Set.of("10.1.1.1:80", "api:8001"), "/p/proxy"))
                .isEqualTo(seen);
    }
}
