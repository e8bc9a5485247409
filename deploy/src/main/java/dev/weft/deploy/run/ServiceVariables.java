package dev.weft.deploy.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.client.ObjectClient;
import dev.weft.deploy.terminal.CommandFailed;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The environment variables through which a program finds the Services of its namespace, as the kubelet makes them: {@code
 * NAME_SERVICE_HOST}, {@code NAME_SERVICE_PORT}, {@code NAME_SERVICE_PORT_PORTNAME}, and the forms of Docker's links.
 */
public final class ServiceVariables {
    private static final String MASTER = "kubernetes";
    private static final String MASTER_NAMESPACE = "default";

    private ServiceVariables() {}

    /**
     * Asks a server for the Services, and makes the variables.
     *
     * @param links whether the Services of the namespace count ({@code enableServiceLinks}); the one called {@code
     *     kubernetes} in the namespace {@code default} always does
     * @throws CommandFailed with the server's reason
     */
    public static Map<String, String> ask(ObjectClient api, String namespace, boolean links) {
        JsonNode own = links ? items(api, namespace) : MissingNode.getInstance();
        JsonNode master = links && namespace.equals(MASTER_NAMESPACE) ? own : items(api, MASTER_NAMESPACE);
        return of(own, master);
    }

    private static JsonNode items(ObjectClient api, String namespace) {
        String path = "/api/v1/namespaces/" + namespace + "/services";
        ApiClient.Reply reply = api.get(path);
        if (!reply.ok()) {
            throw CommandFailed.failed("GET " + path + " was refused: " + reply.status() + " " + reply.message());
        }
        return reply.json().path("items");
    }

    /**
     * The variables, by name.
     *
     * @param own the Services of the namespace, if they count
     * @param others those of the namespace {@code default}, among which the master is looked for
     */
    static Map<String, String> of(JsonNode own, JsonNode others) {
        Map<String, JsonNode> services = new TreeMap<>();
        for (JsonNode service : others) {
            if (name(service).equals(MASTER) && hasAddress(service)) {
                services.put(MASTER, service);
            }
        }
        for (JsonNode service : own) {
            if (hasAddress(service)) {
                services.put(name(service), service);
            }
        }
        Map<String, String> variables = new LinkedHashMap<>();
        services.values().forEach(service -> add(variables, service));
        return variables;
    }

    private static String name(JsonNode service) {
        return service.path("metadata").path("name").asText();
    }

    private static boolean hasAddress(JsonNode service) {
        String ip = service.path("spec").path("clusterIP").asText("");
        return !ip.isEmpty() && !ip.equals("None");
    }

    private static void add(Map<String, String> variables, JsonNode service) {
        String name = variable(name(service));
        String ip = service.path("spec").path("clusterIP").asText();
        String host = ip.indexOf(':') < 0 ? ip : "[" + ip + "]";
        JsonNode ports = service.path("spec").path("ports");
        variables.put(name + "_SERVICE_HOST", ip);
        if (!ports.isEmpty()) {
            variables.put(name + "_SERVICE_PORT", ports.path(0).path("port").asText());
        }
        for (JsonNode port : ports) {
            String portName = port.path("name").asText("");
            if (!portName.isEmpty()) {
                variables.put(
                        name + "_SERVICE_PORT_" + variable(portName),
                        port.path("port").asText());
            }
        }
        for (JsonNode port : ports) {
            String protocol = port.path("protocol").asText("TCP");
            String number = port.path("port").asText();
            String address = protocol.toLowerCase(Locale.ROOT) + "://" + host + ":" + number;
            // Docker knew one port; the first one stands for the service.
            variables.putIfAbsent(name + "_PORT", address);
            String link = name + "_PORT_" + number + "_" + protocol.toUpperCase(Locale.ROOT);
            variables.put(link, address);
            variables.put(link + "_PROTO", protocol.toLowerCase(Locale.ROOT));
            variables.put(link + "_PORT", number);
            variables.put(link + "_ADDR", ip);
        }
    }

    private static String variable(String name) {
        return name.replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** A line that a shell reads: the value in single quotes. */
    public static String export(String name, String value) {
        return "export " + name + "='" + value.replace("'", "'\\''") + "'";
    }
}
