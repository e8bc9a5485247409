package dev.weft.api.rest;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.body.MediaType;
import dev.weft.api.discovery.DiscoveryDocuments;
import dev.weft.api.discovery.OpenApiDocuments;
import dev.weft.api.discovery.ServedResource;
import dev.weft.api.problem.Refusals;
import dev.weft.api.problem.RequestRefused;
import dev.weft.api.representation.JsonText;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What is served: {@code /}, {@code /version}, {@code /api}, {@code /apis}, {@code /openapi}. */
final class DiscoveryRoutes {
    private static final Set<String> ROOTS = Set.of("version", "api", "apis", "openapi");

    private final List<ServedResource> resources;
    private final DiscoveryDocuments documents;
    private final OpenApiDocuments openApi;
    private final SwaggerRoute swagger;
    private final ApiRoutes.Product product;

    /** @param started since when all that is told here has been as it is */
    DiscoveryRoutes(
            List<ServedResource> resources, OpenApiDocuments openApi, ApiRoutes.Product product, Instant started) {
        this.resources = List.copyOf(resources);
        this.documents = new DiscoveryDocuments(resources);
        this.openApi = openApi;
        this.swagger = new SwaggerRoute(openApi, started);
        this.product = product;
    }

    /** The answer to a path that is about what is served; null if the path is about something else. */
    @Nullable
    HttpResponse answer(Exchange exchange) {
        List<String> path = exchange.path();
        boolean longer = path.size() > 1
                && Set.of("api", "apis").contains(path.get(0))
                && path.size() > (path.get(0).equals("api") ? 2 : 3);
        if (longer || !(path.isEmpty() || ROOTS.contains(path.get(0)))) {
            return null;
        }
        if (!exchange.method().equals("GET")) {
            throw new RequestRefused(Refusals.methodNotAllowed());
        }
        HttpResponse aggregated = aggregated(exchange);
        if (aggregated != null) {
            return aggregated;
        }
        if (path.equals(List.of("openapi", "v2"))) {
            return swagger.answer(exchange);
        }
        JsonNode document = document(path);
        if (document == null) {
            throw new RequestRefused(Refusals.noSuchResource());
        }
        if (!exchange.accepts().plain()) {
            throw new RequestRefused(Refusals.notAcceptable(List.of(MediaType.JSON)));
        }
        return new Answers(exchange.pretty()).json(200, document);
    }

    private @Nullable HttpResponse aggregated(Exchange exchange) {
        List<String> path = exchange.path();
        boolean root = path.equals(List.of("api")) || path.equals(List.of("apis"));
        if (!root) {
            return null;
        }
        for (Accepts.Form form : exchange.accepts().forms()) {
            if (form.equals(Accepts.Form.PLAIN)) {
                return null;
            }
            boolean known = form.version().equals("v2") || form.version().equals("v2beta1");
            if (form.as().equals("APIGroupDiscoveryList") && known) {
                ObjectNode list = documents.aggregated(path.get(0).equals("api"), form.version());
                akka.http.javadsl.model.MediaType.WithFixedCharset type = MediaTypes.customWithFixedCharset(
                        "application",
                        "json",
                        akka.http.javadsl.model.HttpCharsets.UTF_8,
                        java.util.Map.of(
                                "g", "apidiscovery.k8s.io", "v", form.version(), "as", "APIGroupDiscoveryList"),
                        false);
                return HttpResponse.create().withEntity(ContentTypes.create(type), JsonText.of(list));
            }
        }
        return null;
    }

    private @Nullable JsonNode document(List<String> path) {
        if (path.isEmpty()) {
            return paths();
        }
        return switch (path.get(0)) {
            case "version" -> path.size() == 1 ? version() : null;
            case "api" ->
                path.size() == 1
                        ? documents.coreVersions()
                        : path.size() == 2 ? documents.resources("", path.get(1)) : null;
            case "apis" -> apis(path);
            default -> openApi(path);
        };
    }

    private @Nullable JsonNode apis(List<String> path) {
        return switch (path.size()) {
            case 1 -> documents.groups();
            case 2 -> path.get(1).isEmpty() ? null : documents.group(path.get(1));
            default -> documents.resources(path.get(1), path.get(2));
        };
    }

    /** The third version; clients that find it do not ask for the second. */
    private @Nullable JsonNode openApi(List<String> path) {
        if (path.size() < 2 || !path.get(1).equals("v3")) {
            return null;
        }
        if (path.size() == 2) {
            return openApi.index();
        }
        return openApi.document(String.join("/", path.subList(2, path.size())));
    }

    private ObjectNode version() {
        String[] numbers = product.kubernetes().split("\\.", -1);
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("major", numbers[0]);
        document.put("minor", numbers[1]);
        document.put("gitVersion", "v" + product.kubernetes() + "+weft-" + product.weft());
        document.put("gitCommit", "");
        document.put("gitTreeState", "clean");
        document.put("buildDate", product.buildDate());
        document.put("goVersion", "");
        document.put("compiler", "javac");
        document.put("platform", "linux/" + System.getProperty("os.arch", "unknown"));
        return document;
    }

    private ObjectNode paths() {
        Set<String> sorted = new TreeSet<>(List.of(
                "/api",
                "/apis",
                "/healthz",
                "/livez",
                "/metrics",
                "/openapi/v2",
                "/openapi/v3",
                "/readyz",
                "/version"));
        for (ServedResource resource : resources) {
            sorted.add(resource.group().isEmpty() ? "/api/v1" : "/apis/" + resource.group());
            if (!resource.group().isEmpty()) {
                sorted.add("/apis/" + resource.groupVersion());
            }
        }
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        ArrayNode array = document.putArray("paths");
        sorted.forEach(array::add);
        return document;
    }
}
