package dev.weft.registry;

import dev.weft.registry.Registry.Answer;
import dev.weft.registry.resource.FederatedService;
import dev.weft.registry.resource.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The federation as this node sees it, and what an administrator may ask of it. Whoever calls has checked that the asker
 * may.
 */
public interface FederationView {
    /** All members, this cluster included, by name. */
    CompletionStage<List<ClusterMember>> members();

    /** What went between this node and the other clusters since it started. */
    default CompletionStage<FederationTraffic> traffic() {
        return CompletableFuture.completedStage(FederationTraffic.NONE);
    }

    /** What all members export, by namespace and name; what has not changed since the last time is the same object. */
    default CompletionStage<List<FederatedService>> services() {
        return CompletableFuture.completedStage(List.of());
    }

    /**
     * Gives out a token with which one other cluster may join. It is to be handed over like a password.
     *
     * @param validity how long it can be used, at least a second; empty for the configured time
     */
    default CompletionStage<Answer<Invitation>> invite(Optional<Duration> validity) {
        return notOffered();
    }

    /** The tokens of this process that somebody could use, oldest first. */
    default CompletionStage<Answer<List<OpenToken>>> tokens() {
        return notOffered();
    }

    /** Takes back a token of this process, so that nobody can use it any more. */
    default CompletionStage<Answer<Done>> revoke(String id) {
        return notOffered();
    }

    /** Joins the federation of the cluster that gave out the token; answered when this cluster is a member. */
    default CompletionStage<Answer<Done>> join(String token) {
        return notOffered();
    }

    /** Takes this cluster out: the others forget what it exported, and it forgets theirs. */
    default CompletionStage<Answer<Done>> leave() {
        return notOffered();
    }

    /** Puts another cluster out for good, with all that it exported. */
    default CompletionStage<Answer<Done>> expel(String cluster) {
        return notOffered();
    }

    /**
     * A token that somebody could use.
     *
     * @param id what it is called where its secret must not be
     */
    record OpenToken(String id, Instant expires) {}

    /** It was done. */
    record Done() {}

    /**
     * A token and how long it can be used.
     *
     * @param token secret
     */
    record Invitation(String token, Duration validity) {}

    private static <T> CompletionStage<Answer<T>> notOffered() {
        return CompletableFuture.completedStage(new Answer.Refused<>(new Refusal(
                Refusal.Reason.ServiceUnavailable,
                "this process takes no part in the federation itself (expected: a process that holds shards)",
                null,
                "",
                List.of(),
                0)));
    }
}
