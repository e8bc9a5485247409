package dev.weft.registry.testbed;

import akka.actor.typed.ActorRef;
import akka.util.ByteString;
import dev.weft.gossip.FederationEvent;
import dev.weft.gossip.Gossip;
import dev.weft.gossip.HostPort;
import dev.weft.gossip.Member;
import dev.weft.gossip.RecordChange;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Gossip that says nothing and keeps nothing; a test says what of it is otherwise. */
public class SilentGossip implements Gossip {
    @Override
    public HostPort address() {
        return new HostPort("127.0.0.1", 0);
    }

    @Override
    public void reset(int shard, long notBefore, Map<String, ByteString> records) {}

    @Override
    public void publish(int shard, long notBefore, List<RecordChange> changes) {}

    @Override
    public void release(int shard) {}

    @Override
    public void follow(ActorRef<FederationEvent> follower) {}

    @Override
    public CompletionStage<List<Member>> members() {
        return CompletableFuture.completedFuture(List.of());
    }

    @Override
    public void join(HostPort address) {}

    @Override
    public CompletionStage<Void> stop() {
        return CompletableFuture.completedFuture(null);
    }
}
