package dev.weft.api.rest;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.body.RequestBodies;
import dev.weft.api.discovery.ServedResource;
import dev.weft.api.mesh.MeshKinds;
import dev.weft.api.problem.RequestRefused;
import dev.weft.registry.FederationView;
import dev.weft.registry.Registry.Answer;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What an administrator asks of the federation. Five kinds in the group of {@code clusters} can only be created, like a
 * review, and the answer is in the status: an {@code Invitation} ({@code spec.validSeconds}; {@code status.token}), an
 * {@code InvitationReview} ({@code status.invitations}: those of this process that somebody could use), a {@code Revocation}
 * of one ({@code spec.id}), a {@code Join} ({@code spec.token}), a {@code Departure}. Putting out another cluster is {@code
 * DELETE clusters/NAME}. So each is a verb on a resource, as access rules name them.
 */
final class FederationRequests {
    private static final String GROUP = MeshKinds.CLUSTERS.type().group();
    private static final long LONGEST_SECONDS = Duration.ofDays(365).toSeconds();

    static final List<ServedResource> RESOURCES = List.of(
            ServedResource.review(GROUP, MeshKinds.VERSION, "invitations", "Invitation"),
            ServedResource.review(GROUP, MeshKinds.VERSION, "invitationreviews", "InvitationReview"),
            ServedResource.review(GROUP, MeshKinds.VERSION, "revocations", "Revocation"),
            ServedResource.review(GROUP, MeshKinds.VERSION, "joins", "Join"),
            ServedResource.review(GROUP, MeshKinds.VERSION, "departures", "Departure"));

    private final FederationView federation;
    private final RequestBodies bodies;
    private final BodyReading reading;

    FederationRequests(FederationView federation, RequestBodies bodies, BodyReading reading) {
        this.federation = federation;
        this.bodies = bodies;
        this.reading = reading;
    }

    /** The request behind a path; null if there is none. */
    @Nullable
    ServedResource find(String group, String version, String plural) {
        return RESOURCES.stream()
                .filter(request -> request.group().equals(group)
                        && request.version().equals(version)
                        && request.plural().equals(plural))
                .findFirst()
                .orElse(null);
    }

    /** Does what a created object asks. */
    CompletionStage<HttpResponse> answer(Exchange exchange, ServedResource request) {
        return reading.read(exchange).thenCompose(bytes -> {
            RequestBodies.Expected expected =
                    new RequestBodies.Expected(request.groupVersion(), request.kind(), request.groupVersion());
            ObjectNode asked =
                    bodies.object(exchange.contentType(), bytes, expected).tree();
            return switch (request.plural()) {
                case "invitations" ->
                    federation
                            .invite(validity(asked))
                            .thenApply(answer -> created(exchange, asked, answer, invitation -> {
                                ObjectNode status = JsonNodeFactory.instance.objectNode();
                                status.put("token", invitation.token());
                                return status.put(
                                        "validSeconds", invitation.validity().toSeconds());
                            }));
                case "invitationreviews" ->
                    federation.tokens().thenApply(answer -> created(exchange, asked, answer, this::invitations));
                case "revocations" ->
                    federation
                            .revoke(text(asked, "id", "what `weft federate tokens` shows"))
                            .thenApply(answer -> created(exchange, asked, answer, this::done));
                case "joins" ->
                    federation
                            .join(text(asked, "token", "what `weft federate invite` printed"))
                            .thenApply(answer -> created(exchange, asked, answer, this::done));
                default -> federation.leave().thenApply(answer -> created(exchange, asked, answer, this::done));
            };
        });
    }

    /** Puts a cluster out. */
    CompletionStage<HttpResponse> expel(Exchange exchange, String cluster) {
        return federation.expel(cluster).thenApply(answer -> {
            refusedOr(answer);
            ObjectNode status = JsonNodeFactory.instance.objectNode();
            status.put("kind", "Status").put("apiVersion", "v1").putObject("metadata");
            status.put("status", "Success");
            status.putObject("details")
                    .put("name", cluster)
                    .put("group", GROUP)
                    .put("kind", MeshKinds.CLUSTERS.type().plural());
            return Answers.to(exchange).json(200, status);
        });
    }

    private ObjectNode invitations(List<FederationView.OpenToken> open) {
        ObjectNode status = JsonNodeFactory.instance.objectNode();
        ArrayNode invitations = status.putArray("invitations");
        open.forEach(token -> invitations
                .addObject()
                .put("id", token.id())
                .put("expires", token.expires().truncatedTo(ChronoUnit.SECONDS).toString()));
        return status;
    }

    private ObjectNode done(FederationView.Done done) {
        return JsonNodeFactory.instance.objectNode().put("done", true);
    }

    private static <T> HttpResponse created(
            Exchange exchange, ObjectNode asked, Answer<T> answer, Function<T, ObjectNode> status) {
        T value = refusedOr(answer);
        // A token that was brought is not shown again.
        asked.withObjectProperty("spec").remove("token");
        asked.set("status", status.apply(value));
        return Answers.to(exchange).json(201, asked);
    }

    private static <T> T refusedOr(Answer<T> answer) {
        if (answer instanceof Answer.Found<T> found) {
            return found.value();
        }
        throw new RequestRefused(((Answer.Refused<T>) answer).refusal());
    }

    private static Optional<Duration> validity(JsonNode asked) {
        JsonNode seconds = asked.at("/spec/validSeconds");
        if (seconds.isMissingNode() || seconds.isNull()) {
            return Optional.empty();
        }
        if (!seconds.isIntegralNumber()
                || !seconds.canConvertToLong()
                || seconds.asLong() < 1
                || seconds.asLong() > LONGEST_SECONDS) {
            throw RequestRefused.badRequest(
                    "spec.validSeconds: " + seconds + " (expected: a number from 1 to " + LONGEST_SECONDS + ")");
        }
        return Optional.of(Duration.ofSeconds(seconds.asLong()));
    }

    private static String text(JsonNode asked, String field, String expected) {
        JsonNode text = asked.path("spec").path(field);
        if (!text.isTextual() || text.asText().isBlank()) {
            throw RequestRefused.badRequest("spec." + field + ": missing (expected: " + expected + ")");
        }
        return text.asText().strip();
    }
}
