package dev.weft.api.rest;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.authentication.Authenticator;
import dev.weft.api.authentication.User;
import dev.weft.api.authorization.AccessQuestion;
import dev.weft.api.authorization.PolicyRule;
import dev.weft.api.authorization.Verdict;
import dev.weft.api.body.RequestBodies;
import dev.weft.api.discovery.ServedResource;
import dev.weft.api.problem.Refusals;
import dev.weft.api.problem.RequestRefused;
import dev.weft.registry.resource.FieldError;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Who am I, may I, may he: questions in the form of objects, answered in their status and not stored. */
final class AccessReviews {
    private static final String AUTHORIZATION = "authorization.k8s.io";
    private static final String AUTHENTICATION = "authentication.k8s.io";
    private static final String LOCAL = "localsubjectaccessreviews";

    static final List<ServedResource> RESOURCES = List.of(
            ServedResource.review(AUTHENTICATION, "v1", "selfsubjectreviews", "SelfSubjectReview"),
            ServedResource.review(AUTHENTICATION, "v1", "tokenreviews", "TokenReview"),
            ServedResource.reviewInNamespace(AUTHORIZATION, "v1", LOCAL, "LocalSubjectAccessReview"),
            ServedResource.review(AUTHORIZATION, "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview"),
            ServedResource.review(AUTHORIZATION, "v1", "selfsubjectrulesreviews", "SelfSubjectRulesReview"),
            ServedResource.review(AUTHORIZATION, "v1", "subjectaccessreviews", "SubjectAccessReview"));

    private final RequestBodies bodies;
    private final BodyReading reading;
    private final Access access;

    AccessReviews(RequestBodies bodies, BodyReading reading, Access access) {
        this.bodies = bodies;
        this.reading = reading;
        this.access = access;
    }

    /** The review behind a path; null if there is none. */
    @Nullable
    ServedResource find(String group, String version, List<String> segments) {
        boolean inNamespace = segments.size() == 3 && segments.get(0).equals("namespaces");
        if (!inNamespace && segments.size() != 1) {
            return null;
        }
        String plural = segments.get(segments.size() - 1);
        return RESOURCES.stream()
                .filter(review -> review.group().equals(group)
                        && review.version().equals(version)
                        && review.plural().equals(plural)
                        && review.namespaced() == inNamespace)
                .findFirst()
                .orElse(null);
    }

    CompletionStage<HttpResponse> answer(Exchange exchange, ServedResource review) {
        return reading.read(exchange)
                .thenCompose(bytes -> {
                    RequestBodies.Expected expected =
                            new RequestBodies.Expected(review.groupVersion(), review.kind(), review.groupVersion());
                    ObjectNode tree = bodies.object(exchange.contentType(), bytes, expected)
                            .tree();
                    return status(exchange, review, tree).thenApply(status -> {
                        tree.set("status", status);
                        return tree;
                    });
                })
                .thenApply(tree -> Answers.to(exchange).json(201, tree));
    }

    private CompletionStage<ObjectNode> status(Exchange exchange, ServedResource review, ObjectNode tree) {
        User user = exchange.user();
        JsonNode spec = tree.path("spec");
        return switch (review.kind()) {
            case "SelfSubjectReview" -> {
                ObjectNode status = JsonNodeFactory.instance.objectNode();
                status.set("userInfo", user.info());
                yield CompletableFuture.completedFuture(status);
            }
            case "SelfSubjectRulesReview" -> CompletableFuture.completedFuture(rules(user, spec));
            case "SelfSubjectAccessReview" -> CompletableFuture.completedFuture(verdict(review, user, spec));
            case "TokenReview" -> token(spec);
            default -> CompletableFuture.completedFuture(verdict(review, subject(review, exchange, tree), spec));
        };
    }

    private ObjectNode verdict(ServedResource review, User user, JsonNode spec) {
        JsonNode resource = spec.path("resourceAttributes");
        JsonNode path = spec.path("nonResourceAttributes");
        if (resource.isObject() == path.isObject()) {
            throw invalid(
                    review,
                    FieldError.invalid(
                            "spec.resourceAttributes",
                            resource.isObject() ? resource : JsonNodeFactory.instance.nullNode(),
                            "exactly one of nonResourceAttributes or resourceAttributes must be specified"));
        }
        Verdict verdict = access.decide(user, resource.isObject() ? ofResource(resource) : ofPath(path));
        ObjectNode status = JsonNodeFactory.instance.objectNode();
        status.put("allowed", verdict.allowed());
        if (!verdict.reason().isEmpty()) {
            status.put("reason", verdict.reason());
        }
        return status;
    }

    private static AccessQuestion ofResource(JsonNode attributes) {
        return AccessQuestion.ofResource(
                attributes.path("verb").asText(),
                attributes.path("group").asText(),
                attributes.path("resource").asText(),
                attributes.path("subresource").asText(),
                attributes.path("namespace").asText(),
                attributes.path("name").asText());
    }

    private static AccessQuestion ofPath(JsonNode attributes) {
        return AccessQuestion.ofPath(
                attributes.path("verb").asText(), attributes.path("path").asText());
    }

    private User subject(ServedResource review, Exchange exchange, ObjectNode tree) {
        JsonNode spec = tree.path("spec");
        List<String> groups = new ArrayList<>();
        spec.path("groups").forEach(group -> groups.add(group.asText()));
        String name = spec.path("user").asText();
        if (name.isEmpty() && groups.isEmpty()) {
            throw invalid(
                    review, FieldError.invalid("spec.user", "", "at least one of user or group must be specified"));
        }
        String namespace = exchange.path().get(exchange.path().size() - 2);
        if (review.plural().equals(LOCAL)
                && !spec.at("/resourceAttributes/namespace").asText().equals(namespace)) {
            throw invalid(
                    review,
                    FieldError.invalid(
                            "spec.resourceAttributes.namespace",
                            spec.at("/resourceAttributes/namespace").asText(),
                            "must match metadata.namespace"));
        }
        Map<String, List<String>> extra = new HashMap<>();
        spec.path("extra").properties().forEach(each -> {
            List<String> values = new ArrayList<>();
            each.getValue().forEach(value -> values.add(value.asText()));
            extra.put(each.getKey(), values);
        });
        return new User(name, spec.path("uid").asText(), groups, extra);
    }

    private static RequestRefused invalid(ServedResource review, FieldError fault) {
        ResourceKey key = new ResourceKey(new ResourceType(review.group(), review.plural()), "", "");
        return new RequestRefused(Refusal.invalid(key, review.kind(), List.of(fault)));
    }

    private ObjectNode rules(User user, JsonNode spec) {
        ObjectNode status = JsonNodeFactory.instance.objectNode();
        ArrayNode onResources = status.putArray("resourceRules");
        ArrayNode onPaths = status.putArray("nonResourceRules");
        for (PolicyRule rule : access.rules(user, spec.path("namespace").asText())) {
            (rule.paths().isEmpty() ? onResources : onPaths).add(rule.toTree());
        }
        status.put("incomplete", false);
        return status;
    }

    private CompletionStage<ObjectNode> token(JsonNode spec) {
        Authenticator authenticator = access.authenticator();
        if (authenticator == null) {
            throw new RequestRefused(Refusals.noSuchResource());
        }
        List<String> audiences = new ArrayList<>();
        spec.path("audiences").forEach(each -> audiences.add(each.asText()));
        return authenticator.byToken(spec.path("token").asText(), audiences).thenApply(found -> {
            ObjectNode status = JsonNodeFactory.instance.objectNode();
            if (found.isEmpty()) {
                status.putObject("user");
                status.put("error", "invalid bearer token");
            } else {
                status.put("authenticated", true);
                status.set("user", found.get().user().info());
                found.get().audiences().forEach(status.putArray("audiences")::add);
            }
            return status;
        });
    }
}
