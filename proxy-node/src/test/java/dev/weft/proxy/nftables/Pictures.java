package dev.weft.proxy.nftables;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.proxy.view.ServiceKey;
import dev.weft.proxy.view.ServicePicture;
import dev.weft.proxy.view.ServiceView;
import dev.weft.proxy.view.ViewBatch;
import dev.weft.proxy.view.WatchedKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Services as an API server describes them, in one line each. */
final class Pictures {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Pictures() {}

    /** One endpoint: {@code address[@node][*weight][!]}; the last for one that is not ready. */
    static JsonNode slice(String service, String ports, String... endpoints) {
        boolean ipv6 = endpoints.length > 0 && endpoints[0].contains(":");
        List<JsonNode> slices = new ArrayList<>();
        StringBuilder list = new StringBuilder();
        String weight = "1";
        for (String endpoint : endpoints) {
            String[] parts = endpoint.replace("!", "").split("[@*]", -1);
            weight = endpoint.contains("*") ? parts[parts.length - 1] : weight;
            list.append(list.length() == 0 ? "" : ",")
                    .append("{'addresses':['")
                    .append(parts[0])
                    .append("'],'conditions':{'ready':")
                    .append(!endpoint.endsWith("!"))
                    .append("}")
                    .append(endpoint.contains("@") ? ",'nodeName':'" + parts[1] + "'" : "")
                    .append("}");
        }
        String name = service + "-" + (ipv6 ? "6" : "4") + "-" + weight;
        slices.add(json("{'metadata':{'namespace':'default','name':'" + name
                + "','labels':{'kubernetes.io/service-name':'" + service
                + "'},'annotations':{'mesh.weft.dev/weight':'" + weight + "'}},'addressType':'"
                + (ipv6 ? "IPv6" : "IPv4") + "','ports':[" + ports + "],'endpoints':[" + list + "]}"));
        return slices.get(0);
    }

    /** A port of a slice. */
    static String slicePort(String name, String protocol, int port) {
        return "{'name':'" + name + "','protocol':'" + protocol + "','port':" + port + "}";
    }

    /** A Service in the namespace default; quotes may be single. */
    static JsonNode service(String name, String annotations, String spec) {
        return json("{'metadata':{'namespace':'default','name':'" + name + "','annotations':{" + annotations
                + "}},'spec':{" + spec + "}}");
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text.replace('\'', '"'));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ServiceView view(List<JsonNode> services, List<JsonNode> slices) {
        return ServiceView.empty("node-1")
                .apply(List.of(
                        new ViewBatch(WatchedKind.SERVICES, services, Map.of()),
                        new ViewBatch(WatchedKind.SLICES, slices, Map.of())))
                .view();
    }

    static ServicePicture picture(JsonNode service, JsonNode... slices) {
        ServiceKey key = ServiceKey.service(
                "default", service.path("metadata").path("name").asText());
        @Nullable
        ServicePicture picture = view(List.of(service), List.of(slices)).get(key);
        if (picture == null) {
            throw new IllegalStateException("no picture of " + key);
        }
        return picture;
    }

    /** A Service of one TCP port 80 with that cluster IP, and ready endpoints at port 8080. */
    static ServicePicture web(String name, String clusterIp, String annotations, String more, String... endpoints) {
        return picture(
                service(name, annotations, "'clusterIPs':['" + clusterIp + "'],'ports':[{'port':80}]" + more),
                slice(name, slicePort("", "TCP", 8080), endpoints));
    }
}
