package dev.weft.api.authorization;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.authentication.User;
import dev.weft.registry.Registry;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.resource.Write;
import dev.weft.registry.resource.Write.Outcome;
import dev.weft.registry.watch.VersionMatch;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Carries out writes for somebody; lets nobody give what he does not have through roles and bindings, and a proxy-node write
 * only what is its own.
 *
 * <p>What a patch makes of an object is known only where the object is. So a patch is first rehearsed, what came out of it is
 * judged, and exactly that is written on condition that the object is still the one that it was rehearsed on.
 */
public final class GuardedWrites {
    private static final int ATTEMPTS = 5;

    private final Registry registry;
    private final Policies policies;

    public GuardedWrites(Registry registry, Policies policies) {
        this.registry = registry;
        this.policies = policies;
    }

    /** Why an object must not become what a write would make of it; empty if it may. */
    private interface Judge {
        Optional<Refusal> objection(ResourceKey key, JsonNode before, JsonNode after);
    }

    /** Carries out one write, unless it would give too much, or is not the writer's to make. */
    public CompletionStage<Outcome> write(User user, Write write) {
        Optional<NodeRestriction> restriction = NodeRestriction.of(user);
        Optional<Refusal> objection = restriction.flatMap(own -> own.objection(write.key()));
        if (objection.isPresent()) {
            return refused(objection.get());
        }
        if (restriction.isPresent() && restriction.get().asksForResult(write)) {
            return judged(restriction.get()::objection, write);
        }
        ResourceType type = write.key().type();
        boolean gives = AccessTypes.isRole(type) || AccessTypes.isBinding(type);
        if (!gives || user.isMaster() || write instanceof Write.Delete) {
            return registry.write(write);
        }
        Optional<RbacPolicy> policy = policies.current();
        if (policy.isEmpty()) {
            return refused(Refusal.timeout("the roles are not known yet; try again", 1));
        }
        return judged(new GrantCheck(policy.get(), user)::objection, write);
    }

    private CompletionStage<Outcome> judged(Judge judge, Write write) {
        if (write instanceof Write.Create create) {
            return judge.objection(
                            create.key(),
                            MissingNode.getInstance(),
                            create.object().toTree())
                    .map(GuardedWrites::refused)
                    .orElseGet(() -> registry.write(create));
        }
        return present(write).thenCompose(present -> changed(judge, write, present, ATTEMPTS));
    }

    private CompletionStage<Optional<Resource>> present(Write write) {
        return registry.get(write.key(), new VersionMatch.MostRecent())
                .thenApply(answer -> answer instanceof Registry.Answer.Found<Resource> found
                        ? Optional.of(found.value())
                        : Optional.empty());
    }

    private CompletionStage<Outcome> changed(Judge judge, Write write, Optional<Resource> present, int attempts) {
        return rehearsed(write).thenCompose(outcome -> {
            if (!(outcome instanceof Outcome.Done done)) {
                return CompletableFuture.completedFuture(outcome);
            }
            JsonNode before =
                    present.<JsonNode>map(object -> object.json().toTree()).orElse(MissingNode.getInstance());
            ObjectNode after = done.object().json().toTree();
            Optional<Refusal> objection = judge.objection(write.key(), before, after);
            if (objection.isPresent()) {
                return refused(objection.get());
            }
            if (write.options().dryRun()) {
                return CompletableFuture.completedFuture(outcome);
            }
            return registry.write(exactly(write, present, after))
                    .thenCompose(written -> isStale(written) && attempts > 1
                            ? present(write).thenCompose(newer -> changed(judge, write, newer, attempts - 1))
                            : CompletableFuture.completedFuture(written));
        });
    }

    private CompletionStage<Outcome> rehearsed(Write write) {
        Write.Options dry = new Write.Options(
                true, write.options().fieldManager(), write.options().fieldValidation());
        if (write instanceof Write.Patch patch) {
            return registry.write(new Write.Patch(patch.key(), patch.subresource(), patch.type(), patch.patch(), dry));
        }
        Write.Update update = (Write.Update) write;
        return registry.write(new Write.Update(update.key(), update.subresource(), update.object(), dry));
    }

    /** What came out of the rehearsal, on condition that nothing has changed since. */
    private static Write exactly(Write write, Optional<Resource> present, ObjectNode after) {
        if (write instanceof Write.Patch patch && patch.type() == Write.PatchType.SERVER_SIDE_APPLY) {
            return sameApply(patch, present);
        }
        ObjectNode metadata = (ObjectNode) after.path("metadata");
        if (present.isEmpty()) {
            metadata.remove(List.of("resourceVersion", "uid"));
            return new Write.Create(write.key(), JsonBytes.of(after), write.options());
        }
        metadata.put("resourceVersion", Long.toString(present.get().version()));
        if (!metadata.has("managedFields")) {
            // Nobody owns anything any more, if anybody did; leaving the field out would leave it as it is.
            metadata.putArray("managedFields").addObject();
        }
        return new Write.Update(write.key(), "", JsonBytes.of(after), write.options());
    }

    /** An apply again: whoever wrote its result instead would not be the one who applies. */
    private static Write sameApply(Write.Patch apply, Optional<Resource> present) {
        Write.PatchBody body = apply.patch();
        JsonNode configuration = body.json();
        if (present.isPresent() && configuration.isObject()) {
            configuration = configuration.deepCopy();
            ((ObjectNode) configuration)
                    .withObjectProperty("metadata")
                    .put("resourceVersion", Long.toString(present.get().version()));
        }
        Write.Presence presence = present.isPresent() ? Write.Presence.THERE : Write.Presence.ABSENT;
        return new Write.Patch(
                apply.key(),
                apply.subresource(),
                apply.type(),
                new Write.PatchBody(configuration, body.force(), presence),
                apply.options());
    }

    private static boolean isStale(Outcome outcome) {
        return outcome instanceof Outcome.Refused refused
                && (refused.refusal().reason() == Refusal.Reason.Conflict
                        || refused.refusal().reason() == Refusal.Reason.AlreadyExists);
    }

    private static CompletionStage<Outcome> refused(Refusal refusal) {
        return CompletableFuture.completedFuture(new Outcome.Refused(refusal));
    }
}
