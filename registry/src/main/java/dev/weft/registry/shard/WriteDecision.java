package dev.weft.registry.shard;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.allocation.Claim;
import dev.weft.registry.allocation.Grant;
import dev.weft.registry.allocation.ServiceAddressing;
import dev.weft.registry.lifecycle.Deletion;
import dev.weft.registry.resource.Admission;
import dev.weft.registry.resource.Admission.Admitted;
import dev.weft.registry.resource.Identity;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.resource.Write;
import dev.weft.registry.resource.Write.Effect;
import dev.weft.registry.resource.Write.Outcome;
import dev.weft.registry.shard.ShardCommand.Submitted;
import dev.weft.registry.watch.ResourceStamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Decides one client's write against the state so far. */
final class WriteDecision {
    private static final int NAME_ATTEMPTS = 8;

    private final ShardContext context;
    private final Admission admission;
    private final NamespaceLife namespaces;
    private final int objectBytes;

    /** @param objectBytes no client may store an object that is larger */
    WriteDecision(ShardContext context, Admission admission, NamespaceLife namespaces, int objectBytes) {
        this.objectBytes = objectBytes;
        this.context = context;
        this.admission = admission;
        this.namespaces = namespaces;
    }

    /** Adds what the write changes to the step, and says what became of it. */
    Submitted decide(ShardStep step, Write write, List<Grant> grants, ShardCommand.@Nullable Prepared prepared) {
        ResourceKind kind = context.kinds().find(write.key().type());
        if (kind == null) {
            return refused(Refusal.of(
                    Refusal.Reason.NotFound, write.key(), "the server could not find the requested resource"));
        }
        if (write instanceof Write.Create create) {
            return prepared != null && step.get(prepared.object().key()) == null
                    ? create(step, create, prepared.object(), grants)
                    : create(step, create, identity -> admission.create(create, identity), grants);
        }
        Resource present = step.get(write.key());
        Write.@Nullable Patch apply = apply(write);
        if (present == null) {
            return apply != null && apply.patch().presence() != Write.Presence.THERE
                    ? create(step, apply, identity -> admission.createByApply(apply, identity), grants)
                    : refused(Refusal.notFound(write.key()));
        }
        if (apply != null && apply.patch().presence() == Write.Presence.ABSENT) {
            return refused(Refusal.alreadyExists(write.key()));
        }
        Instant now = context.clock().instant();
        if (write instanceof Write.Delete delete) {
            return delete(step, kind, present, delete, now);
        }
        Admitted admitted = write instanceof Write.Update update
                ? admission.update(present, update, now)
                : admission.patch(present, (Write.Patch) write, now);
        return change(step, present, write, admitted, grants);
    }

    private static Write.@Nullable Patch apply(Write write) {
        return write instanceof Write.Patch patch && patch.type() == Write.PatchType.SERVER_SIDE_APPLY ? patch : null;
    }

    private Submitted create(ShardStep step, Write write, Function<Identity, Admitted> admit, List<Grant> grants) {
        Optional<Refusal> homeless = namespaces.refusal(step, write.key());
        if (homeless.isPresent()) {
            return refused(homeless.get());
        }
        for (int attempt = 1; ; attempt++) {
            Identity identity =
                    new Identity(context.uids().get(), context.clock().instant(), context.random());
            Admitted admitted = admit.apply(identity);
            if (!(admitted instanceof Admitted.Accepted accepted)) {
                return refused(((Admitted.Refused) admitted).refusal());
            }
            boolean generated = write.key().name().isEmpty();
            if (step.get(accepted.key()) != null) {
                if (generated && attempt < NAME_ATTEMPTS) {
                    continue;
                }
                return refused(Refusal.alreadyExists(accepted.key()));
            }
            return claimed(step, write, accepted, grants);
        }
    }

    /** Goes on with an object that was admitted before, and whose name is free still. */
    private Submitted create(ShardStep step, Write write, Admitted.Accepted prepared, List<Grant> grants) {
        Optional<Refusal> homeless = namespaces.refusal(step, write.key());
        return homeless.isPresent() ? refused(homeless.get()) : claimed(step, write, prepared, grants);
    }

    private Submitted claimed(ShardStep step, Write write, Admitted.Accepted accepted, List<Grant> grants) {
        Optional<Submitted.Unallocated> missing = allocate(step, accepted, null, grants);
        if (missing.isPresent()) {
            Submitted.Unallocated unallocated = missing.get();
            return new Submitted.Unallocated(
                    unallocated.wanted(), unallocated.version(), new ShardCommand.Prepared(accepted));
        }
        return store(step, write, accepted, Effect.CREATED, 0);
    }

    private Submitted change(ShardStep step, Resource present, Write write, Admitted admitted, List<Grant> grants) {
        if (!(admitted instanceof Admitted.Accepted accepted)) {
            return refused(((Admitted.Refused) admitted).refusal());
        }
        if (!accepted.changed()) {
            return done(present, Effect.UNCHANGED, accepted.warnings());
        }
        if (accepted.released() && !present.key().type().equals(Placement.NAMESPACES)) {
            long version = write.options().dryRun()
                    ? present.version()
                    : step.remove(present).version();
            return done(
                    ResourceStamp.of(present.key(), accepted.object(), version), Effect.UPDATED, accepted.warnings());
        }
        Optional<Submitted.Unallocated> unallocated = allocate(step, accepted, present, grants);
        if (unallocated.isPresent()) {
            return unallocated.get();
        }
        return store(step, write, accepted, Effect.UPDATED, present.version());
    }

    private Submitted delete(ShardStep step, ResourceKind kind, Resource present, Write.Delete write, Instant now) {
        Deletion.Decision decision = Deletion.decide(kind, present, write.deletion(), now);
        boolean dryRun = write.options().dryRun();
        if (namespaces.isImmortal(present.key())) {
            return refused(Refusal.of(
                    Refusal.Reason.Forbidden,
                    present.key(),
                    "namespaces \"" + present.key().name() + "\" is forbidden: this namespace may not be deleted"));
        }
        if (decision instanceof Deletion.Decision.Refused no) {
            return refused(no.refusal());
        }
        if (decision instanceof Deletion.Decision.Marked marked) {
            Resource object = dryRun
                    ? ResourceStamp.of(present.key(), marked.object(), present.version())
                    : step.put(present.key(), marked.object());
            return done(object, Effect.MARKED_FOR_DELETION, List.of());
        }
        if (decision instanceof Deletion.Decision.Unchanged) {
            return done(present, Effect.MARKED_FOR_DELETION, List.of());
        }
        return done(dryRun ? present : step.remove(present), Effect.DELETED, List.of());
    }

    /** Fills in what was granted; asks for more if that does not suffice. */
    private static Optional<Submitted.Unallocated> allocate(
            ShardStep step, Admitted.Accepted accepted, @Nullable Resource present, List<Grant> grants) {
        if (!Allocations.isOwner(accepted.key())) {
            return Optional.empty();
        }
        ServiceAddressing.fill(accepted.object(), grants);
        ObjectNode before = present == null ? null : present.json().toTree();
        List<Claim> missing = ServiceAddressing.wanted(accepted.object(), before, grants);
        if (!missing.isEmpty()) {
            return Optional.of(new Submitted.Unallocated(missing, step.version()));
        }
        return Optional.empty();
    }

    private Submitted store(
            ShardStep step, Write write, Admitted.Accepted accepted, Effect effect, long presentVersion) {
        ResourceKey key = accepted.key();
        ObjectNode object = accepted.object();
        ShardStep.Mark mark = step.mark();
        Resource stored =
                write.options().dryRun() ? ResourceStamp.of(key, object, presentVersion) : step.put(key, object);
        if (stored.json().size() > objectBytes) {
            step.rollBack(mark);
            return refused(Refusal.of(
                    Refusal.Reason.RequestEntityTooLarge,
                    key,
                    key + " would have " + stored.json().size() + " bytes: at most " + objectBytes
                            + " can be stored; split it"));
        }
        return done(stored, effect, accepted.warnings());
    }

    private static Submitted done(Resource object, Effect effect, List<String> warnings) {
        return new Submitted.Decided(
                new Outcome.Done(object, effect, warnings.isEmpty() ? null : String.join("\n", warnings)));
    }

    private static Submitted refused(Refusal refusal) {
        return new Submitted.Decided(new Outcome.Refused(refusal));
    }
}
