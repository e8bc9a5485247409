package dev.weft.api.rest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.authentication.User;
import dev.weft.api.authorization.AccessQuestion;
import dev.weft.api.authorization.Forbidden;
import dev.weft.api.authorization.Verdict;
import dev.weft.api.problem.RequestRefused;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Write;
import dev.weft.registry.resource.Write.Outcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * An update of a kind whose objects it makes if they are not there, if the user may create as well as update. What comes and
 * goes meanwhile makes it try again, a few times.
 *
 * @param creation what the user must be allowed besides
 */
record Replacement(Access access, User user, AccessQuestion creation, Write.Update update) {
    private static final int ATTEMPTS = 5;

    /** Whether a body may become a new object: it has a name, and does not mean a certain object or state of it. */
    static boolean mayBeNew(JsonNode body) {
        JsonNode metadata = body.path("metadata");
        return metadata.hasNonNull("name") && !metadata.hasNonNull("uid") && !metadata.hasNonNull("resourceVersion");
    }

    /** Carries it out; fails with {@link RequestRefused} where the object is not there and may not be made. */
    CompletionStage<Outcome> run() {
        return attempt(ATTEMPTS);
    }

    private CompletionStage<Outcome> attempt(int left) {
        return access.write(user, update)
                .thenCompose(outcome -> isRefused(outcome, Refusal.notFound(update.key()))
                        ? create(left)
                        : CompletableFuture.completedFuture(outcome));
    }

    private CompletionStage<Outcome> create(int left) {
        Verdict verdict = access.decide(user, creation);
        if (!verdict.allowed()) {
            throw new RequestRefused(Forbidden.of(user, creation, verdict));
        }
        return access.write(user, new Write.Create(update.key(), update.object(), update.options()))
                .thenCompose(outcome -> left > 1 && isRefused(outcome, Refusal.alreadyExists(update.key()))
                        ? attempt(left - 1)
                        : CompletableFuture.completedFuture(outcome));
    }

    private static boolean isRefused(Outcome outcome, Refusal why) {
        return outcome instanceof Outcome.Refused refused && refused.refusal().equals(why);
    }
}
