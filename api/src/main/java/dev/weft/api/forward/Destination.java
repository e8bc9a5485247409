package dev.weft.api.forward;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a request goes.
 *
 * @param host a literal address
 * @param port 1 to 65535
 */
record Destination(String host, int port) {

    /** {@code HOST:PORT}, with brackets around IPv6. */
    String authority() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }

    /**
     * Whether requests may be passed on to a place in a Pod.
     *
     * @param pod whose address it is
     */
    static boolean allowed(JsonNode pod, String host, int port) {
        InetAddress address = literal(host);
        if (address == null
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isMulticastAddress()
                || host.equals("255.255.255.255")) {
            return false;
        }
        return !address.isLoopbackAddress() || declaredPorts(pod).contains(port);
    }

    /** What is not a literal is never looked up. */
    private static @Nullable InetAddress literal(String host) {
        boolean literal = !host.isEmpty()
                && host.chars().allMatch(c -> Character.digit(c, 16) >= 0 || c == '.' || c == ':')
                && (host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9')));
        try {
            return literal ? InetAddress.getByName(host) : null;
        } catch (UnknownHostException e) {
            return null;
        }
    }

    /** The addresses of a Pod, the first one first asked for. */
    static Set<String> addresses(JsonNode pod) {
        Set<String> addresses = new HashSet<>();
        JsonNode status = pod.path("status");
        addresses.add(status.path("podIP").asText(""));
        status.path("podIPs").forEach(each -> addresses.add(each.path("ip").asText("")));
        addresses.remove("");
        return addresses;
    }

    private static Set<Integer> declaredPorts(JsonNode pod) {
        Set<Integer> ports = new HashSet<>();
        pod.path("spec")
                .path("containers")
                .forEach(container -> container
                        .path("ports")
                        .forEach(port -> ports.add(port.path("containerPort").asInt())));
        return ports;
    }

    /** The first port that a Pod's containers declare; 0 if none does. */
    static int firstPort(JsonNode pod) {
        for (JsonNode container : pod.path("spec").path("containers")) {
            if (!container.path("ports").isEmpty()) {
                return container.path("ports").path(0).path("containerPort").asInt();
            }
        }
        return 0;
    }
}
