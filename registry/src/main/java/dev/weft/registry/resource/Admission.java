package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.ResourceKind.Subresource;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a write makes of an object: reads the body, fills in defaults, checks, and says what would be stored, or
 * why not. Pure: everything from outside comes in as an argument. Safe for many threads; one per process.
 *
 * <p>{@code metadata.managedFields} are kept for objects that have met a server-side apply, see {@link FieldOwnership}.
 */
public final class Admission {
    private final KindCatalog kinds;
    private final Map<ResourceType, Schema> schemas = new HashMap<>();
    private final FieldOwnership ownership;

    /** Reads the schema of every kind, once. */
    public Admission(KindCatalog kinds) {
        this.kinds = kinds;
        kinds.all().forEach(kind -> schemas.put(kind.type(), Schema.of(kind)));
        this.ownership = new FieldOwnership(schemas);
    }

    /** The schema of a kind of the catalog. */
    public Schema schema(ResourceKind kind) {
        Schema schema = schemas.get(kind.type());
        if (schema == null) {
            throw new IllegalArgumentException("kind " + kind.type() + " is not in the catalog");
        }
        return schema;
    }

    /** A new object. That none of its name exists yet is for the caller to see to. */
    public Admitted create(Write.Create write, Identity identity) {
        ResourceKind kind = kinds.find(write.key().type());
        if (kind == null) {
            return unknownKind(write.key());
        }
        Parsed<Body> read = Body.read(kind, schema(kind), write.object(), write.options());
        return read instanceof Parsed.Valid<Body> body
                ? create(kind, write.key(), body.value(), identity, null)
                : refused(read);
    }

    /**
     * A new object, by a server-side apply of a configuration of it. That none of its name exists yet is for the caller to
     * see to.
     */
    public Admitted createByApply(Write.Patch write, Identity identity) {
        ResourceKind kind = kinds.find(write.key().type());
        if (kind == null) {
            return unknownKind(write.key());
        }
        if (!write.subresource().isEmpty()) {
            return new Admitted.Refused(Refusal.notFound(write.key()));
        }
        Parsed<Body> read = Configuration.read(kind, schema(kind), write);
        if (!(read instanceof Parsed.Valid<Body> body)) {
            return refused(read);
        }
        ObjectNode configuration = body.value().object();
        Optional<Refusal> missing = Configuration.missing(configuration, write.key());
        if (missing.isPresent()) {
            return new Admitted.Refused(missing.get());
        }
        ObjectNode nothing = configuration.objectNode();
        nothing.put("apiVersion", kind.apiVersion()).put("kind", kind.kind()).putObject("metadata");
        JsonNode status = configuration.get("status");
        Parsed<FieldOwnership.Applied> applied = ownership.apply(kind, nothing, configuration, write, identity.now());
        if (!(applied instanceof Parsed.Valid<FieldOwnership.Applied> valid)) {
            return refused(applied);
        }
        ObjectNode object = valid.value().object();
        replace(object, "status", status);
        Body whole = new Body(object, body.value().found());
        return create(kind, write.key(), whole, identity, valid.value().managedFields());
    }

    private Admitted create(
            ResourceKind kind, ResourceKey asked, Body body, Identity identity, @Nullable ArrayNode managedFields) {
        ObjectNode object = body.object();
        Parsed<ResourceKey> placed = Metadata.place(asked, object, identity.random());
        if (!(placed instanceof Parsed.Valid<ResourceKey> valid)) {
            return refused(placed);
        }
        ResourceKey key = valid.value();
        if (Trees.present(object, "metadata", "resourceVersion")) {
            return new Admitted.Refused(
                    Refusal.badRequest("resourceVersion should not be set on objects to be created"));
        }
        Metadata.born(object, kind, identity);
        if (kind.subresources().contains(Subresource.STATUS) && !kind.rules().keepsStatusOnCreate()) {
            object.remove("status");
        }
        kind.rules().applyDefaults(object);
        FieldErrors faults = new FieldErrors();
        faults.addAll(Metadata.validate(object, kind));
        faults.addAll(kind.rules().validate(object));
        if (!faults.isEmpty()) {
            return new Admitted.Refused(Refusal.invalid(key, kind.kind(), faults.told()));
        }
        replace(Metadata.of(object), "managedFields", managedFields);
        return new Admitted.Accepted(key, object, true, false, body.warnings(kind));
    }

    /** Replaces an object, or one of its subresources. */
    public Admitted update(Resource present, Write.Update write, Instant now) {
        ResourceKind kind = kinds.find(write.key().type());
        if (kind == null) {
            return unknownKind(write.key());
        }
        return healing(kind, present, before -> update(kind, present, before, write, now));
    }

    private Admitted update(ResourceKind kind, Resource present, ObjectNode before, Write.Update write, Instant now) {
        if (write.subresource().equals("scale")) {
            return scale(kind, present, before, write, now);
        }
        Parsed<Body> read = replacement(kind, write);
        return read instanceof Parsed.Valid<Body> body
                ? step(
                        kind,
                        present,
                        before,
                        body.value(),
                        write.subresource(),
                        followed(kind, body.value(), write, now))
                : refused(read);
    }

    /** What is to stand in the place of an object, under its own name. */
    private Parsed<Body> replacement(ResourceKind kind, Write.Update write) {
        return Body.read(kind, schema(kind), write.object(), write.options())
                .then(body -> Metadata.named(write.key(), body.object()).then(named -> Parsed.valid(body)));
    }

    /**
     * Tries a change. Where the present object stands in its way because it was stored under the looser rules of an earlier
     * version of Weft, the change is tried on what that object would be today.
     */
    private Admitted healing(ResourceKind kind, Resource present, Function<ObjectNode, Admitted> change) {
        Admitted first = change.apply(present.json().toTree());
        if (!(first instanceof Admitted.Refused refused) || refused.refusal().reason() != Refusal.Reason.Invalid) {
            return first;
        }
        ObjectNode healed = present.json().toTree();
        schema(kind).heal(healed);
        if (healed.equals(present.json().toTree())) {
            return first;
        }
        kind.rules().applyDefaults(healed);
        return change.apply(healed);
    }

    private Admitted scale(ResourceKind kind, Resource present, ObjectNode before, Write.Update write, Instant now) {
        Parsed<Body> read = Body.readAny(write.object())
                .then(tree -> Metadata.named(write.key(), tree))
                .then(tree -> Scale.apply(kind, before, tree));
        return read instanceof Parsed.Valid<Body> body
                ? step(kind, present, before, body.value(), "", followed(kind, body.value(), write, now))
                : refused(read);
    }

    /** Who owns what after a write that is no apply. */
    private Bookkeeping followed(ResourceKind kind, Body body, Write write, Instant now) {
        String subresource =
                write instanceof Write.Update update ? update.subresource() : ((Write.Patch) write).subresource();
        JsonNode sent = Trees.at(body.object(), "metadata", "managedFields");
        return (before, next) -> ownership.follow(kind, before, next, sent, write.options(), subresource, now);
    }

    /** Changes an object from its present state. */
    public Admitted patch(Resource present, Write.Patch write, Instant now) {
        ResourceKind kind = kinds.find(write.key().type());
        if (kind == null) {
            return unknownKind(write.key());
        }
        return healing(kind, present, before -> patch(kind, present, before, write, now));
    }

    private Admitted patch(ResourceKind kind, Resource present, ObjectNode before, Write.Patch write, Instant now) {
        boolean scale = write.subresource().equals("scale");
        if (scale && !kind.subresources().contains(Subresource.SCALE)) {
            return new Admitted.Refused(Scale.missing(present.key()));
        }
        if (write.type() == Write.PatchType.SERVER_SIDE_APPLY) {
            return apply(kind, present, before, write, now);
        }
        ObjectNode base = scale ? Scale.of(kind, before) : before.deepCopy();
        Parsed<JsonNode> patched = Patching.apply(kind, base, write);
        Parsed<Body> read = patched.then(tree -> scale
                ? Scale.apply(kind, before, tree)
                : Body.ofPatched(kind, schema(kind), tree, write.options(), write.patch()));
        return read instanceof Parsed.Valid<Body> body
                ? step(
                        kind,
                        present,
                        before,
                        body.value(),
                        scale ? "" : write.subresource(),
                        followed(kind, body.value(), write, now))
                : refused(read);
    }

    private Admitted apply(ResourceKind kind, Resource present, ObjectNode before, Write.Patch write, Instant now) {
        Parsed<Body> read = Configuration.read(kind, schema(kind), write);
        if (!(read instanceof Parsed.Valid<Body> body)) {
            return refused(read);
        }
        Parsed<FieldOwnership.Applied> applied =
                ownership.apply(kind, before, body.value().object(), write, now);
        if (!(applied instanceof Parsed.Valid<FieldOwnership.Applied> valid)) {
            return refused(applied);
        }
        @Nullable ArrayNode managedFields = valid.value().managedFields();
        Body whole = new Body(valid.value().object(), body.value().found());
        String subresource = write.subresource().equals("scale") ? "" : write.subresource();
        return step(kind, present, before, whole, subresource, (old, next) -> managedFields);
    }

    /** Says who owns what once an object has become another, as {@code metadata.managedFields}; null for nobody. */
    private interface Bookkeeping {
        @Nullable
        ArrayNode owners(ObjectNode before, ObjectNode next);
    }

    private static Admitted step(
            ResourceKind kind,
            Resource present,
            ObjectNode before,
            Body body,
            String subresource,
            Bookkeeping bookkeeping) {
        ResourceKey key = present.key();
        ObjectNode next = body.object();
        Parsed<ResourceKey> same = Metadata.stay(key, present, next);
        if (!(same instanceof Parsed.Valid<ResourceKey>)) {
            return refused(same);
        }
        Metadata.carryOver(next, before);
        if (subresource.equals("status")) {
            if (!kind.subresources().contains(Subresource.STATUS)) {
                return new Admitted.Refused(
                        Refusal.of(Refusal.Reason.NotFound, key, "the server could not find the requested resource"));
            }
            next = Metadata.onlyStatus(kind, before, next);
            kind.rules().carryOverStatus(next, before);
        } else if (subresource.equals("finalize") && kind.subresources().contains(Subresource.FINALIZE)) {
            replace(next, "status", before.get("status"));
        } else if (!subresource.isEmpty()) {
            return new Admitted.Refused(
                    Refusal.of(Refusal.Reason.NotFound, key, "the server could not find the requested resource"));
        } else {
            if (kind.subresources().contains(Subresource.STATUS)) {
                replace(next, "status", before.get("status"));
            }
            kind.rules().carryOver(next, before);
        }
        kind.rules().applyDefaults(next);
        return conclude(kind, key, before, next, body.warnings(kind), bookkeeping);
    }

    private static Admitted conclude(
            ResourceKind kind,
            ResourceKey key,
            ObjectNode before,
            ObjectNode next,
            List<String> warnings,
            Bookkeeping bookkeeping) {
        FieldErrors faults = new FieldErrors();
        faults.addAll(Metadata.validate(next, kind));
        faults.addAll(Metadata.validateUpdate(next, before));
        faults.addAll(kind.rules().validate(next));
        faults.addAll(kind.rules().validateUpdate(next, before));
        if (!faults.isEmpty()) {
            return new Admitted.Refused(
                    Refusal.invalid(key, kind.kind(), List.copyOf(new LinkedHashSet<>(faults.told()))));
        }
        replace(Metadata.of(next), "managedFields", bookkeeping.owners(before, next));
        boolean released = Metadata.released(next);
        if (Trees.same(Metadata.unversioned(next), Metadata.unversioned(before))) {
            return new Admitted.Accepted(key, before, false, released, warnings);
        }
        Metadata.countGeneration(next, before, kind);
        Trees.object(next, "metadata").remove("resourceVersion");
        return new Admitted.Accepted(key, next, true, released, warnings);
    }

    private static void replace(ObjectNode object, String field, @Nullable JsonNode value) {
        if (value == null) {
            object.remove(field);
        } else {
            object.set(field, value.deepCopy());
        }
    }

    private static Admitted unknownKind(ResourceKey key) {
        return new Admitted.Refused(
                Refusal.of(Refusal.Reason.NotFound, key, "the server could not find the requested resource"));
    }

    private static Admitted refused(Parsed<?> why) {
        return new Admitted.Refused(((Parsed.Invalid<?>) why).refusal());
    }

    /** What became of a write. */
    public sealed interface Admitted {
        /**
         * It may be stored.
         *
         * @param key with the name that was made, where the writer asked for one
         * @param object complete, in the storage version, but for {@code metadata.resourceVersion} if it has changed; the
         *     caller's own
         * @param changed whether it differs from what is stored; if not, nothing should be written
         * @param released whether it was marked for deletion and nothing holds it any more: the caller should remove it
         * @param warnings sentences for the user
         */
        record Accepted(ResourceKey key, ObjectNode object, boolean changed, boolean released, List<String> warnings)
                implements Admitted {
            public Accepted {
                warnings = List.copyOf(warnings);
            }
        }

        /** It may not. */
        record Refused(Refusal refusal) implements Admitted {}
    }
}
