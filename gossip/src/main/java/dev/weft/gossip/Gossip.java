package dev.weft.gossip;

import akka.actor.typed.ActorRef;
import akka.util.ByteString;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/**
 * This process's part in the federation: publishes the records of the local shards and follows everyone else's.
 *
 * <p>All methods may be called from any thread and do not block.
 */
public interface Gossip {
    /** What a stand-in that holds no federation, e.g. in a test of another module, answers. */
    String NOT_OFFERED = "federation: not offered here (expected: a running gossip node)";

    /** Where this process is reachable for gossip, after binding. */
    HostPort address();

    /**
     * Takes over an origin of this cluster: makes its records equal to the given ones, publishing only the differences.
     * Called when a shard starts here.
     *
     * @param notBefore numbers given out from now on are after this hybrid timestamp
     */
    void reset(int shard, long notBefore, Map<String, ByteString> records);

    /** Publishes changes of an origin that was taken over with {@link #reset}. */
    void publish(int shard, long notBefore, List<RecordChange> changes);

    /** How large the payload of a record may be; with a larger one nothing of what is given is published. */
    default int payloadBytes() {
        return Integer.MAX_VALUE;
    }

    /** Stops publishing for an origin, e.g. because its shard moves to another process; its records stay. */
    void release(int shard);

    /** Tells a follower all that is known and then every change, own origins included, until the follower stops. */
    void follow(ActorRef<FederationEvent> follower);

    /**
     * The same of the records alone whose keys a follower is interested in. Whoever may be told more than he asked for has
     * to look himself.
     *
     * @param keys asked on other threads
     */
    default void follow(ActorRef<FederationEvent> follower, Predicate<String> keys) {
        follow(follower);
    }

    /** The federation as seen from here, this cluster included, by name. */
    CompletionStage<List<Member>> members();

    /**
     * Keeps trying to reach a member at this address and joins the federation through it. Without a token that works only
     * between loopback addresses, or where this cluster is a member already.
     */
    void join(HostPort address);

    /**
     * Says where the other processes of this cluster listen, all of them. Each is linked with, tells and is told all: what
     * their shards export, who is a member, and that the cluster leaves.
     */
    default void beside(Collection<HostPort> processes) {}

    /** How long a token can be used where nobody names another time. */
    default Duration tokenValidity() {
        return Duration.ofHours(1);
    }

    /**
     * Gives out a token for one cluster to join the federation through this process. Whoever has it can join: it is to be
     * handed over like a password.
     *
     * @param validity how long it can be used, at least a second
     */
    default CompletionStage<String> invite(Duration validity) {
        return CompletableFuture.failedStage(new FederationRefusal(NOT_OFFERED));
    }

    /** The tokens that this process gave out and that somebody could use, oldest first. */
    default CompletionStage<List<OpenToken>> tokens() {
        return CompletableFuture.completedStage(List.of());
    }

    /**
     * Takes back a token that this process gave out, so that nobody can use it any more.
     *
     * @param id see {@link #tokens}
     * @return fails with a {@link FederationRefusal} where there is no such token that could be used
     */
    default CompletionStage<Void> revoke(String id) {
        return CompletableFuture.failedStage(new FederationRefusal(NOT_OFFERED));
    }

    /**
     * Joins the federation of the cluster that gave out the token; done when this cluster is a member.
     *
     * @return fails with a {@link FederationRefusal} that says why
     */
    default CompletionStage<Void> joinWith(String token) {
        return CompletableFuture.failedStage(new FederationRefusal(NOT_OFFERED));
    }

    /**
     * Leaves the federation, with all processes of this cluster that are linked at the time: the others forget its records
     * and it forgets theirs. It goes on alone. It may come back with a new token.
     *
     * @return fails with a {@link FederationRefusal} where it is alone already
     */
    default CompletionStage<Void> leave() {
        return CompletableFuture.failedStage(new FederationRefusal(NOT_OFFERED));
    }

    /**
     * Puts a cluster out for good: its records and links are gone everywhere as soon as members hear of it. Its key never
     * comes back; a cluster of that name may, with a new identity and a new token.
     *
     * @return fails with a {@link FederationRefusal} that says why
     */
    default CompletionStage<Void> expel(String cluster) {
        return CompletableFuture.failedStage(new FederationRefusal(NOT_OFFERED));
    }

    /** What went over links and was refused since this process started, by cluster. */
    default CompletionStage<GossipStats> stats() {
        return CompletableFuture.completedStage(new GossipStats(List.of()));
    }

    /** Says goodbye to peers, closes links and the listener. The records stay stored. */
    CompletionStage<Void> stop();
}
