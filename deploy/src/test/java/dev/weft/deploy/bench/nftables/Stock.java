package dev.weft.deploy.bench.nftables;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.deploy.bench.nftables.KubeRules.KubeService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Services of ten endpoints each, as an API server describes them and as kube-proxy programs them. The one in the middle leads to
 * the backend, the others to nobody. Pure.
 */
record Stock(int count, String algorithm) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The address of the Service that leads to the backend. */
    String measured(Lab.Host host) {
        return address(host, count / 2) + ":80";
    }

    List<JsonNode> services() {
        List<JsonNode> services = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            services.add(json("{'metadata':{'namespace':'default','name':'svc-" + number
                    + "','annotations':{'mesh.weft.dev/algorithm':'" + algorithm + "'}},'spec':{'clusterIPs':['"
                    + address(Lab.Host.WEFT, number) + "'],'ports':[{'port':80}]}}"));
        }
        return services;
    }

    List<JsonNode> slices() {
        List<JsonNode> slices = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            slices.add(slice(number, 0));
        }
        return slices;
    }

    /** @param version above 0 makes the last endpoint another */
    JsonNode slice(int number, int version) {
        String endpoints = endpoints(Lab.Host.WEFT, number, version).stream()
                .map(endpoint -> "{'addresses':['" + endpoint + "']}")
                .collect(Collectors.joining(","));
        return json("{'metadata':{'namespace':'default','name':'svc-" + number
                + "','labels':{'kubernetes.io/service-name':'svc-" + number
                + "'}},'addressType':'IPv4','ports':[{'name':'','protocol':'TCP','port':" + Lab.PORT
                + "}],'endpoints':[" + endpoints + "]}");
    }

    KubeRules kubeRules() {
        List<KubeService> services = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            services.add(kubeService(number, 0));
        }
        return new KubeRules(services, Lab.Host.KUBE.clients());
    }

    /** @param version above 0 makes the last endpoint another */
    KubeService kubeService(int number, int version) {
        return new KubeService(
                "svc-" + number, address(Lab.Host.KUBE, number), endpoints(Lab.Host.KUBE, number, version));
    }

    /** Which Service a change is of: all over the place, but not the one that is measured. */
    int changed(int change) {
        int number = change * 7919 % count;
        return number == count / 2 ? number - 1 : number;
    }

    private static String address(Lab.Host host, int number) {
        return (host == Lab.Host.WEFT ? "10.96." : "10.97.") + (number >> 8) + "." + (number & 255);
    }

    private List<String> endpoints(Lab.Host host, int number, int version) {
        List<String> endpoints = new ArrayList<>();
        for (int endpoint = 0; endpoint < Lab.ENDPOINTS; endpoint++) {
            int last = endpoint == Lab.ENDPOINTS - 1 ? 100 + version : endpoint + 1;
            endpoints.add(
                    number == count / 2
                            ? host.backend(endpoint)
                            : "10." + (128 + (number >> 8)) + "." + (number & 255) + "." + last);
        }
        return endpoints;
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text.replace('\'', '"'));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
