package dev.weft.api.discovery;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.representation.JsonText;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.ResourceKind;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * OpenAPI v3, one document for each group version, and v2, all of them in one. Enough for kubectl to explain fields, to compute
 * patches by the right merge keys, and to leave validation to the server or to do it itself. Computed once, when first asked
 * for. Safe for many threads.
 */
public final class OpenApiDocuments {
    private final Collection<ResourceKind> kinds;
    private final Collection<ResourceKind> reviews;
    private final String release;
    private final Descriptions descriptions = Descriptions.load();
    private final CompletableFuture<Map<String, ObjectNode>> documents = new CompletableFuture<>();
    private final CompletableFuture<Swagger> swagger = new CompletableFuture<>();

    /**
     * Nothing is computed yet.
     *
     * @param served all that is served; of it, what can only be created is described besides the kinds
     * @param release what the documents call their version
     */
    public OpenApiDocuments(Collection<ResourceKind> kinds, Collection<ServedResource> served, String release) {
        this.kinds = List.copyOf(kinds);
        this.reviews = served.stream()
                .filter(resource -> resource.verbs().equals(List.of("create")))
                .map(ReviewModels::kind)
                .toList();
        this.release = release;
    }

    /** {@code GET /openapi/v3}. */
    public ObjectNode index() {
        ObjectNode index = JsonNodeFactory.instance.objectNode();
        ObjectNode paths = index.putObject("paths");
        all().forEach((path, document) ->
                paths.putObject(path).put("serverRelativeURL", "/openapi/v3/" + path + "?hash=" + hash(document)));
        return index;
    }

    /**
     * {@code GET /openapi/v3/PATH}.
     *
     * @param path e.g. {@code api/v1} or {@code apis/apps/v1}
     */
    public @Nullable ObjectNode document(String path) {
        return all().get(path);
    }

    /**
     * OpenAPI v2 in both of its forms.
     *
     * @param protobuf the message {@code openapi.v2.Document}
     * @param hash changes with the content, in hexadecimal
     */
    public record Swagger(ByteString json, ByteString protobuf, String hash) {}

    /** {@code GET /openapi/v2}. */
    public Swagger swagger() {
        if (!swagger.isDone()) {
            // As below: two threads compute the same.
            ObjectNode tree = SwaggerDocument.of(all().values(), release);
            swagger.complete(new Swagger(
                    JsonText.of(tree), ByteString.fromArrayUnsafe(SwaggerProtobuf.document(tree)), hash(tree)));
        }
        return swagger.join();
    }

    private Map<String, ObjectNode> all() {
        if (!documents.isDone()) {
            // Two threads may both compute it; they compute the same.
            Map<String, ObjectNode> computed = new LinkedHashMap<>();
            for (ResourceKind kind : kinds) {
                kind.versions().forEach(version -> computed.computeIfAbsent(path(kind, version), this::document0));
            }
            for (ResourceKind review : reviews) {
                computed.computeIfAbsent(path(review, review.versions().get(0)), this::document0);
            }
            documents.complete(Collections.unmodifiableMap(computed));
        }
        return documents.join();
    }

    private ObjectNode document0(String path) {
        OpenApiDocument document = new OpenApiDocument(release, descriptions);
        for (ResourceKind kind : kinds) {
            for (String version : kind.versions()) {
                if (path(kind, version).equals(path)) {
                    document.add(kind, version);
                }
            }
        }
        reviews.stream()
                .filter(review -> path(review, review.versions().get(0)).equals(path))
                .forEach(document::addReview);
        return document.tree();
    }

    private static String path(ResourceKind kind, String version) {
        return (kind.type().group().isEmpty() ? "api/" : "apis/") + kind.apiVersion(version);
    }

    private static String hash(ObjectNode document) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(JsonBytes.of(document).toByteArray());
            return HexFormat.of().withUpperCase().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
