package dev.weft.gossip;

import akka.actor.typed.ActorRef;
import akka.util.ByteString;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * This process's part in the federation: publishes the records of the local shards and follows everyone else's.
 *
 * <p>All methods may be called from any thread and do not block.
 */
public interface Gossip {

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

    /** Stops publishing for an origin, e.g. because its shard moves to another process; its records stay. */
    void release(int shard);

    /** Tells a follower all that is known and then every change, own origins included, until the follower stops. */
    void follow(ActorRef<FederationEvent> follower);

    /** The federation as seen from here, this cluster included, by name. */
    CompletionStage<List<Member>> members();

    /** Keeps trying to reach a member at this address and joins the federation through it. */
    void join(HostPort address);

    /** Says goodbye to peers, closes links and the listener. The records stay stored. */
    CompletionStage<Void> stop();
}
