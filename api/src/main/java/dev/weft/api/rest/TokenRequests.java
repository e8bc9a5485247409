package dev.weft.api.rest;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.authentication.AccountToken;
import dev.weft.api.authentication.AccountTokens;
import dev.weft.api.body.RequestBodies;
import dev.weft.api.discovery.ServedResource;
import dev.weft.api.problem.RequestRefused;
import dev.weft.registry.Registry;
import dev.weft.registry.resource.FieldError;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.watch.VersionMatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** {@code …/serviceaccounts/NAME/token}: tokens of service accounts, made for who asks and not stored. */
final class TokenRequests {
    static final ResourceType ACCOUNTS = new ResourceType("", "serviceaccounts");
    static final ServedResource.Part PART =
            new ServedResource.Part("token", "authentication.k8s.io", "v1", "TokenRequest", List.of("create"));

    private static final String API_VERSION = "authentication.k8s.io/v1";
    private static final String KIND = "TokenRequest";
    private static final Duration SHORTEST = Duration.ofMinutes(10);
    private static final long LONGEST_SECONDS = 1L << 32;

    private final Registry registry;
    private final RequestBodies bodies;
    private final BodyReading reading;
    private final @Nullable AccountTokens tokens;

    TokenRequests(Registry registry, RequestBodies bodies, BodyReading reading, @Nullable AccountTokens tokens) {
        this.registry = registry;
        this.bodies = bodies;
        this.reading = reading;
        this.tokens = tokens;
    }

    /** Whether tokens are given out here. */
    boolean served() {
        return tokens != null;
    }

    /** The account whose token a path asks for; null if it asks for something else. */
    @Nullable
    ResourceKey find(String group, String version, List<String> segments) {
        boolean token = served()
                && group.isEmpty()
                && version.equals("v1")
                && segments.size() == 5
                && segments.get(0).equals("namespaces")
                && segments.get(2).equals(ACCOUNTS.plural())
                && segments.get(4).equals("token");
        return token ? new ResourceKey(ACCOUNTS, segments.get(1), segments.get(3)) : null;
    }

    CompletionStage<HttpResponse> answer(Exchange exchange, ResourceKey account) {
        return reading.read(exchange).thenCompose(bytes -> {
            RequestBodies.Expected expected = new RequestBodies.Expected(API_VERSION, KIND, API_VERSION);
            ObjectNode request =
                    bodies.object(exchange.contentType(), bytes, expected).tree();
            Duration lasting = lasting(account, request.path("spec"));
            return found(account)
                    .thenCompose(object -> bound(account, request.at("/spec/boundObjectRef"))
                            .thenApply(bound -> issued(request, object, bound, lasting)))
                    .thenApply(answer -> Answers.to(exchange).json(201, answer));
        });
    }

    private Duration lasting(ResourceKey account, JsonNode spec) {
        JsonNode asked = spec.path("expirationSeconds");
        if (!asked.isIntegralNumber()) {
            return issuer().settings().lifetime();
        }
        if (asked.asLong() < SHORTEST.toSeconds()) {
            throw invalid(
                    account,
                    FieldError.invalid(
                            "spec.expirationSeconds", asked, "may not specify a duration less than 10 minutes"));
        }
        if (asked.asLong() > LONGEST_SECONDS) {
            throw invalid(
                    account,
                    FieldError.invalid(
                            "spec.expirationSeconds", asked, "may not specify a duration larger than 2^32 seconds"));
        }
        return Duration.ofSeconds(asked.asLong());
    }

    private AccountTokens issuer() {
        AccountTokens issuer = tokens;
        if (issuer == null) {
            throw new IllegalStateException("asked for a token where none are given out");
        }
        return issuer;
    }

    private CompletionStage<Resource> found(ResourceKey key) {
        return registry.get(key, new VersionMatch.MostRecent()).thenApply(answer -> {
            if (answer instanceof Registry.Answer.Found<Resource> found) {
                return found.value();
            }
            throw new RequestRefused(((Registry.Answer.Refused<Resource>) answer).refusal());
        });
    }

    /** The object that the token is to end with, checked to be there. */
    private CompletionStage<Optional<AccountToken.Bound>> bound(ResourceKey account, JsonNode ref) {
        if (!ref.isObject()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        String kind = ref.path("kind").asText();
        String plural = switch (kind) {
            case "Pod" -> "pods";
            case "Secret" -> "secrets";
            case "Node" -> "nodes";
            default ->
                throw RequestRefused.badRequest("cannot bind token to object of type "
                        + ref.path("apiVersion").asText() + ", Kind=" + kind);
        };
        String namespace = kind.equals("Node") ? "" : account.namespace();
        ResourceKey key = new ResourceKey(
                new ResourceType("", plural), namespace, ref.path("name").asText());
        return found(key).thenApply(object -> {
            String uid = ref.path("uid").asText("");
            if (!uid.isEmpty() && !uid.equals(object.uid())) {
                throw new RequestRefused(Refusal.conflict(
                        key,
                        "the UID in the bound object reference (" + uid
                                + ") does not match the UID in record. The object"
                                + " might have been deleted and then recreated"));
            }
            requireOwnPod(kind, account, object);
            return Optional.of(new AccountToken.Bound(kind, key.name(), object.uid()));
        });
    }

    private static void requireOwnPod(String kind, ResourceKey account, Resource object) {
        String runsAs = object.json().toTree().at("/spec/serviceAccountName").asText("default");
        if (kind.equals("Pod") && !runsAs.equals(account.name())) {
            throw RequestRefused.badRequest("cannot bind token for serviceaccount \"" + account.name()
                    + "\" to pod running with different serviceaccount name.");
        }
    }

    private ObjectNode issued(
            ObjectNode request, Resource account, Optional<AccountToken.Bound> bound, Duration lasting) {
        List<String> audiences = new ArrayList<>();
        request.at("/spec/audiences").forEach(each -> audiences.add(each.asText()));
        AccountTokens.Issued issued = issuer().issue(
                        new AccountToken.Account(
                                account.key().namespace(), account.key().name(), account.uid()),
                        bound,
                        audiences,
                        lasting);
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("kind", KIND).put("apiVersion", API_VERSION);
        answer.putObject("metadata")
                .put("name", account.key().name())
                .put("namespace", account.key().namespace())
                .put("creationTimestamp", issued.token().issued().toString());
        ObjectNode spec = answer.putObject("spec");
        issued.token().audiences().forEach(spec.putArray("audiences")::add);
        spec.put(
                "expirationSeconds",
                Duration.between(issued.token().issued(), issued.token().expires())
                        .toSeconds());
        JsonNode ref = request.at("/spec/boundObjectRef");
        spec.set("boundObjectRef", ref.isObject() ? ref : JsonNodeFactory.instance.nullNode());
        answer.putObject("status")
                .put("token", issued.text())
                .put("expirationTimestamp", issued.token().expires().toString());
        return answer;
    }

    private static RequestRefused invalid(ResourceKey account, FieldError fault) {
        ResourceKey key = new ResourceKey(
                new ResourceType("authentication.k8s.io", "tokenrequests"), account.namespace(), account.name());
        return new RequestRefused(Refusal.invalid(key, KIND, List.of(fault)));
    }
}
