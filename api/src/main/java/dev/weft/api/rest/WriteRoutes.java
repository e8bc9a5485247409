package dev.weft.api.rest;

import akka.http.javadsl.model.HttpResponse;
import akka.stream.Materializer;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.authorization.AccessQuestion;
import dev.weft.api.authorization.Forbidden;
import dev.weft.api.authorization.Verdict;
import dev.weft.api.body.RequestBodies;
import dev.weft.api.problem.RequestRefused;
import dev.weft.api.problem.StatusObject;
import dev.weft.api.representation.Representation;
import dev.weft.registry.Registry;
import dev.weft.registry.Registry.Answer;
import dev.weft.registry.resource.Cohabitation;
import dev.weft.registry.resource.FieldError;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.resource.Scale;
import dev.weft.registry.resource.Write;
import dev.weft.registry.resource.Write.Effect;
import dev.weft.registry.resource.Write.FieldValidation;
import dev.weft.registry.resource.Write.Outcome;
import dev.weft.registry.resource.Write.PatchBody;
import dev.weft.registry.resource.Write.PatchType;
import dev.weft.registry.resource.Write.Presence;
import dev.weft.registry.watch.ListRequest;
import dev.weft.registry.watch.Listing;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Create, update, patch, delete, deletecollection. */
final class WriteRoutes {
    /** Kinds whose deletion is answered with the object even when it is gone at once, as Kubernetes does. */
    private static final Set<String> SHOWN_WHEN_DELETED =
            Set.of("pods", "namespaces", "deployments", "serviceaccounts");

    private static final String SCALE_API_VERSION = "autoscaling/v1";

    /** How many deletions of a collection are under way at a time. */
    private static final int DELETIONS_AT_ONCE = 8;

    private final Registry registry;
    private final Access access;
    private final Representations representations;
    private final RequestBodies bodies;
    private final BodyReading reading;
    private final Materializer materializer;

    WriteRoutes(
            Registry registry,
            Access access,
            Representations representations,
            RequestBodies bodies,
            BodyReading reading,
            Materializer materializer) {
        this.registry = registry;
        this.access = access;
        this.representations = representations;
        this.bodies = bodies;
        this.reading = reading;
        this.materializer = materializer;
    }

    CompletionStage<HttpResponse> create(Exchange exchange, ResourceTarget target) {
        Shown shown = shown(exchange, target);
        Write.Options options = options(exchange, "CreateOptions").options();
        return reading.read(exchange).thenCompose(bytes -> {
            RequestBodies.ObjectBody body = body(exchange, target, bytes, true);
            String name = body.tree().path("metadata").path("name").asText("");
            return write(exchange, new Write.Create(target.key().withName(name), body.json(), options), shown);
        });
    }

    CompletionStage<HttpResponse> update(Exchange exchange, ResourceTarget target) {
        Shown shown = shown(exchange, target);
        Write.Options options = options(exchange, "UpdateOptions").options();
        return reading.read(exchange).thenCompose(bytes -> {
            RequestBodies.ObjectBody body = body(exchange, target, bytes, false);
            List<String> lax = target.scale() && options.fieldValidation() != FieldValidation.IGNORE
                    ? ScaleFields.unknown(body.tree())
                    : List.of();
            if (options.fieldValidation() == FieldValidation.STRICT && !lax.isEmpty()) {
                throw RequestRefused.badRequest("Scale in version \"v1\" cannot be handled as a Scale: strict decoding"
                        + " error: " + String.join(", ", lax));
            }
            Write.Update update = new Write.Update(target.key(), target.subresource(), body.json(), options);
            boolean creates =
                    target.subresource().isEmpty() && target.kind().rules().createdByUpdate();
            return creates && Replacement.mayBeNew(body.tree())
                    ? new Replacement(access, exchange.user(), creation(exchange), update)
                            .run()
                            .thenApply(outcome -> answer(outcome, shown))
                    : change(exchange, update, shown).thenApply(response -> warned(response, lax));
        });
    }

    CompletionStage<HttpResponse> patch(Exchange exchange, ResourceTarget target) {
        Shown shown = shown(exchange, target);
        PatchType type = bodies.patchType(exchange.contentType());
        WriteOptions parameters = options(exchange, "PatchOptions");
        Write.Options options = parameters.patchOptions(type);
        return reading.read(exchange).thenCompose(bytes -> {
            JsonNode sent = bodies.patch(type, bytes);
            List<String> lax = lax(type, bytes, sent, options, target.scale());
            JsonNode patch = storedVersion(sent, target);
            if (type == PatchType.SERVER_SIDE_APPLY) {
                return apply(exchange, target, shown, new Applied(patch, parameters.force(), lax), options);
            }
            Write write =
                    new Write.Patch(target.key(), target.subresource(), type, new PatchBody(patch, false), options);
            return change(exchange, write, shown).thenApply(response -> warned(response, lax));
        });
    }

    /**
     * A server-side apply, which makes what is not there, if the user may create as well as patch.
     *
     * @param shown how the answer is to look
     */
    private CompletionStage<HttpResponse> apply(
            Exchange exchange, ResourceTarget target, Shown shown, Applied applied, Write.Options options) {
        AccessQuestion creation = creation(exchange);
        Verdict mayCreate = access.decide(exchange.user(), creation);
        PatchBody body = new PatchBody(
                applied.configuration(), applied.force(), mayCreate.allowed() ? Presence.ANY : Presence.THERE);
        Write write = new Write.Patch(target.key(), target.subresource(), PatchType.SERVER_SIDE_APPLY, body, options);
        return access.write(exchange.user(), write).thenApply(outcome -> {
            boolean missing = outcome instanceof Outcome.Refused refused
                    && refused.refusal().equals(Refusal.notFound(target.key()));
            if (missing && target.subresource().isEmpty() && !mayCreate.allowed()) {
                return shown.answers().refused(Forbidden.of(exchange.user(), creation, mayCreate));
            }
            return warned(answer(outcome, shown), applied.lax());
        });
    }

    /** What a lenient user should hear of a patch; a strict one is refused for it. */
    private List<String> lax(PatchType type, byte[] body, JsonNode patch, Write.Options options, boolean ofScale) {
        if (options.fieldValidation() == FieldValidation.IGNORE) {
            return List.of();
        }
        List<String> lax = new ArrayList<>(bodies.laxities(type, body, patch));
        if (ofScale) {
            lax.addAll(ScaleFields.unknown(patch));
        }
        if (options.fieldValidation() == FieldValidation.STRICT && !lax.isEmpty()) {
            String all = String.join(", ", lax);
            throw type == PatchType.SERVER_SIDE_APPLY
                    ? RequestRefused.badRequest("error strict decoding YAML: " + all)
                    : new RequestRefused(Refusal.unusablePatch(patch, "strict decoding error: " + all));
        }
        return lax;
    }

    private static HttpResponse warned(HttpResponse response, List<String> lax) {
        return lax.isEmpty() || response.status().isFailure()
                ? response
                : Answers.warning(response, String.join("\n", lax));
    }

    private static AccessQuestion creation(Exchange exchange) {
        AccessQuestion asked = Questions.of(exchange);
        return new AccessQuestion(
                "create",
                asked.group(),
                asked.version(),
                asked.resource(),
                asked.subresource(),
                asked.namespace(),
                asked.name(),
                "");
    }

    /** A configuration with what is to be said of it. */
    private record Applied(JsonNode configuration, boolean force, List<String> lax) {}

    /** A patch may repeat the apiVersion in which the client sees the object. */
    private static JsonNode storedVersion(JsonNode patch, ResourceTarget target) {
        Cohabitation cohabitation = target.kind().cohabitation();
        if (cohabitation != null) {
            return cohabitation.storedPatch(patch);
        }
        boolean served = patch.path("apiVersion").asText().equals(target.kind().apiVersion(target.version()));
        if (served && patch instanceof ObjectNode object && !target.scale()) {
            object.put("apiVersion", target.kind().apiVersion());
        }
        return patch;
    }

    CompletionStage<HttpResponse> delete(Exchange exchange, ResourceTarget target) {
        Shown shown = shown(exchange, target);
        WriteOptions options = options(exchange, "DeleteOptions");
        return reading.read(exchange).thenCompose(bytes -> {
            JsonNode body = bodies.options(exchange.contentType(), bytes, "DeleteOptions");
            return write(exchange, options.delete(target.key(), body), shown);
        });
    }

    CompletionStage<HttpResponse> deleteCollection(Exchange exchange, ResourceTarget target) {
        Shown shown = shown(exchange, target);
        WriteOptions options = options(exchange, "DeleteOptions");
        ListRequest request = new ReadOptions(exchange.query()).list(target.kind(), target.namespace());
        return reading.read(exchange).thenCompose(bytes -> {
            JsonNode body = bodies.options(exchange.contentType(), bytes, "DeleteOptions");
            return registry.list(request).thenCompose(answer -> {
                if (answer instanceof Answer.Refused<Listing> refused) {
                    return CompletableFuture.completedFuture(shown.answers().refused(refused.refusal()));
                }
                return deleteAll(((Answer.Found<Listing>) answer).value(), options, body, shown);
            });
        });
    }

    private CompletionStage<HttpResponse> deleteAll(Listing listing, WriteOptions options, JsonNode body, Shown shown) {
        return Source.from(listing.items())
                .mapAsync(
                        DELETIONS_AT_ONCE,
                        item -> registry.write(options.delete(item.key(), body))
                                .thenApply(WriteRoutes::objectOfDeletion))
                .mapConcat(deleted -> deleted)
                .runWith(Sink.seq(), materializer)
                .thenApply(deleted -> {
                    Listing gone = new Listing(deleted, listing.version(), listing.continuation(), listing.remaining());
                    return shown.answers().list(shown.representation().list(gone));
                });
    }

    /** The object that was deleted; none if somebody else was quicker. */
    private static List<Resource> objectOfDeletion(Outcome outcome) {
        if (outcome instanceof Outcome.Done done) {
            return List.of(done.object());
        }
        Outcome.Refused refused = (Outcome.Refused) outcome;
        return switch (refused.refusal().reason()) {
            case NotFound -> List.of();
            default -> throw new RequestRefused(refused.refusal());
        };
    }

    /** A write to what is there already. */
    private CompletionStage<HttpResponse> change(Exchange exchange, Write write, Shown shown) {
        Cohabitation cohabitation = shown.kind().cohabitation();
        return cohabitation == null
                ? write(exchange, write, shown)
                : new LastingFields(registry, access, exchange.user())
                        .write(write, shown.kind(), cohabitation)
                        .thenApply(outcome -> answer(outcome, shown));
    }

    private CompletionStage<HttpResponse> write(Exchange exchange, Write write, Shown shown) {
        return access.write(exchange.user(), write).thenApply(outcome -> answer(outcome, shown));
    }

    private static HttpResponse answer(Outcome outcome, Shown shown) {
        if (outcome instanceof Outcome.Refused refused) {
            return shown.answers().refused(refused.refusal());
        }
        Outcome.Done done = (Outcome.Done) outcome;
        HttpResponse response = done(done, shown);
        String warning = done.warning();
        return warning == null ? response : Answers.warning(response, warning);
    }

    private static HttpResponse done(Outcome.Done done, Shown shown) {
        Resource object = done.object();
        boolean hidden = done.effect() == Effect.DELETED
                && !SHOWN_WHEN_DELETED.contains(object.key().type().plural());
        if (hidden) {
            return shown.answers().json(200, StatusObject.deleted(object.key(), object.uid()));
        }
        int status = done.effect() == Effect.CREATED ? 201 : 200;
        return shown.scale()
                ? shown.answers()
                        .json(status, Scale.of(shown.kind(), object.json().toTree()))
                : shown.answers().json(status, shown.representation().object(object));
    }

    private Shown shown(Exchange exchange, ResourceTarget target) {
        Representation representation = representations.choose(target.kind(), target.version(), exchange);
        return new Shown(representation, Answers.to(exchange), target.kind(), target.scale());
    }

    private static WriteOptions options(Exchange exchange, String kind) {
        return new WriteOptions(exchange.query(), exchange.userAgent(), kind);
    }

    /** An object that a client sends, as it is to be stored. */
    private RequestBodies.ObjectBody body(Exchange exchange, ResourceTarget target, byte[] bytes, boolean creation) {
        RequestBodies.ObjectBody sent = bodies.object(exchange.contentType(), bytes, expected(target));
        Cohabitation cohabitation = target.kind().cohabitation();
        if (cohabitation == null) {
            return sent;
        }
        List<FieldError> faults = creation ? cohabitation.validation().apply(sent.tree()) : List.of();
        if (!faults.isEmpty()) {
            String name = sent.tree().path("metadata").path("name").asText("");
            throw new RequestRefused(Refusal.invalid(
                    new ResourceKey(target.kind().type(), target.namespace(), name),
                    target.kind().kind(),
                    faults));
        }
        ObjectNode stored = cohabitation.stored(sent.tree());
        return new RequestBodies.ObjectBody(stored, JsonBytes.of(stored));
    }

    private static RequestBodies.Expected expected(ResourceTarget target) {
        return target.scale()
                ? new RequestBodies.Expected(SCALE_API_VERSION, "Scale", SCALE_API_VERSION)
                : new RequestBodies.Expected(
                        target.kind().apiVersion(target.version()),
                        target.kind().kind(),
                        target.kind().storedApiVersion());
    }

    /** How the answer is to look. */
    private record Shown(Representation representation, Answers answers, ResourceKind kind, boolean scale) {}
}
