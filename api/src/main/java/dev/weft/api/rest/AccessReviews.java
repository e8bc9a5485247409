package dev.weft.api.rest;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.body.RequestBodies;
import dev.weft.api.discovery.ServedResource;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Who am I, may I: the reviews that {@code kubectl auth} asks for. The server listens on loopback only as long as it knows
 * no users, and there everyone who can reach it is the administrator.
 */
final class AccessReviews {
    private static final String AUTHORIZATION = "authorization.k8s.io";
    private static final String AUTHENTICATION = "authentication.k8s.io";
    private static final String REASON =
            "everyone on this machine is an administrator of a server without authentication";

    static final List<ServedResource> RESOURCES = List.of(
            ServedResource.review(AUTHENTICATION, "v1", "selfsubjectreviews", "SelfSubjectReview"),
            ServedResource.review(AUTHORIZATION, "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview"),
            ServedResource.review(AUTHORIZATION, "v1", "selfsubjectrulesreviews", "SelfSubjectRulesReview"));

    private final RequestBodies bodies;
    private final BodyReading reading;

    AccessReviews(RequestBodies bodies, BodyReading reading) {
        this.bodies = bodies;
        this.reading = reading;
    }

    /** The review behind a path; null if there is none. */
    @Nullable
    ServedResource find(String group, String version, String plural) {
        return RESOURCES.stream()
                .filter(review -> review.group().equals(group)
                        && review.version().equals(version)
                        && review.plural().equals(plural))
                .findFirst()
                .orElse(null);
    }

    CompletionStage<HttpResponse> answer(Exchange exchange, ServedResource review) {
        return reading.read(exchange).thenApply(bytes -> {
            RequestBodies.Expected expected =
                    new RequestBodies.Expected(review.groupVersion(), review.kind(), review.groupVersion());
            ObjectNode tree =
                    bodies.object(exchange.contentType(), bytes, expected).tree();
            tree.set("status", status(review.kind()));
            return new Answers(exchange.pretty()).json(201, tree);
        });
    }

    private static ObjectNode status(String kind) {
        ObjectNode status = JsonNodeFactory.instance.objectNode();
        switch (kind) {
            case "SelfSubjectReview" -> {
                ObjectNode user = status.putObject("userInfo");
                user.put("username", "system:admin");
                user.putArray("groups").add("system:masters").add("system:authenticated");
            }
            case "SelfSubjectRulesReview" -> {
                ObjectNode onResources = status.putArray("resourceRules").addObject();
                List.of("verbs", "apiGroups", "resources").forEach(field -> all(onResources, field));
                ObjectNode onUrls = status.putArray("nonResourceRules").addObject();
                List.of("verbs", "nonResourceURLs").forEach(field -> all(onUrls, field));
                status.put("incomplete", false);
            }
            default -> {
                status.put("allowed", true);
                status.put("reason", REASON);
            }
        }
        return status;
    }

    private static ArrayNode all(ObjectNode rule, String field) {
        return rule.putArray(field).add("*");
    }
}
