package dev.weft.api.rest;

import dev.weft.api.authentication.User;
import dev.weft.registry.Registry;
import dev.weft.registry.Registry.Answer;
import dev.weft.registry.resource.Cohabitation;
import dev.weft.registry.resource.FieldError;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.resource.Write;
import dev.weft.registry.resource.Write.Outcome;
import dev.weft.registry.watch.VersionMatch;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Changes of objects through a group that shows those of another, which may be stricter about what changes. Looked at by a
 * dry run first, since only the registry knows what a patch comes to.
 */
record LastingFields(Registry registry, Access access, User user) {

    /**
     * Carries out a change, or refuses it.
     *
     * @param kind as which the client sees the object
     */
    CompletionStage<Outcome> write(Write change, ResourceKind kind, Cohabitation cohabitation) {
        return registry.get(change.key(), new VersionMatch.MostRecent()).thenCompose(answer -> {
            if (!(answer instanceof Answer.Found<Resource> before)) {
                return access.write(user, change);
            }
            return access.write(user, tried(change)).thenCompose(outcome -> {
                if (!(outcome instanceof Outcome.Done after)) {
                    return CompletableFuture.completedFuture(outcome);
                }
                List<FieldError> faults = cohabitation.changed(
                        before.value().json().toTree(), after.object().json().toTree());
                return faults.isEmpty() ? access.write(user, change) : refused(kind, change.key(), faults);
            });
        });
    }

    private static CompletionStage<Outcome> refused(ResourceKind kind, ResourceKey key, List<FieldError> faults) {
        ResourceKey shown = new ResourceKey(kind.type(), key.namespace(), key.name());
        return CompletableFuture.completedFuture(new Outcome.Refused(Refusal.invalid(shown, kind.kind(), faults)));
    }

    private static Write tried(Write change) {
        Write.Options options = new Write.Options(
                true, change.options().fieldManager(), change.options().fieldValidation());
        if (change instanceof Write.Update update) {
            return new Write.Update(update.key(), update.subresource(), update.object(), options);
        }
        Write.Patch patch = (Write.Patch) change;
        return new Write.Patch(patch.key(), patch.subresource(), patch.type(), patch.patch(), options);
    }
}
