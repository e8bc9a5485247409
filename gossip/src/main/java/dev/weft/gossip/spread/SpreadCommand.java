package dev.weft.gossip.spread;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.util.ByteString;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.member.NodeAddress;
import dev.weft.gossip.trust.Invitations;
import dev.weft.gossip.trust.JoinToken;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the front door, and followers, say to a {@link SpreadActor}. */
public sealed interface SpreadCommand
        permits SpreadCommand.Reset,
                SpreadCommand.Publish,
                SpreadCommand.Release,
                SpreadCommand.Follow,
                SpreadCommand.GetMembers,
                SpreadCommand.Join,
                SpreadCommand.Beside,
                SpreadCommand.Invite,
                SpreadCommand.GetTokens,
                SpreadCommand.Revoke,
                SpreadCommand.JoinWith,
                SpreadCommand.Expel,
                SpreadCommand.Leave,
                SpreadCommand.GetStats,
                SpreadCommand.Stop,
                LinkWord,
                SpreadActor.Inner {
    /** See the front door. */
    record Reset(int shard, long notBefore, Map<String, ByteString> records) implements SpreadCommand {
        public Reset {
            records = Map.copyOf(records);
        }
    }

    /** See the front door; a null payload withdraws the key. */
    record Publish(int shard, long notBefore, Map<String, @Nullable ByteString> changes) implements SpreadCommand {
        public Publish {
            changes = Collections.unmodifiableMap(new LinkedHashMap<>(changes));
        }
    }

    /** See the front door. */
    record Release(int shard) implements SpreadCommand {}

    /** Tells the follower all, then every change, until it stops. */
    record Follow(ActorRef<News> follower) implements SpreadCommand {}

    /** Asks for the federation as seen from here. */
    record GetMembers(ActorRef<List<MemberReport>> replyTo) implements SpreadCommand {}

    /** Keeps trying to reach an address. */
    record Join(NodeAddress address) implements SpreadCommand {}

    /** These are the other processes of this cluster. */
    record Beside(Set<NodeAddress> processes) implements SpreadCommand {
        public Beside {
            processes = Set.copyOf(processes);
        }
    }

    /** Gives out a token, which holds this secret; empty where too many are open. */
    record Invite(ByteString secret, Duration validity, ActorRef<Optional<JoinToken>> replyTo)
            implements SpreadCommand {}

    /** Asks for the tokens that somebody could use. */
    record GetTokens(ActorRef<List<Invitations.Invitation>> replyTo) implements SpreadCommand {}

    /** Takes a token back; answers why that cannot be, or nothing. */
    record Revoke(String id, ActorRef<Optional<String>> replyTo) implements SpreadCommand {}

    /** Joins with a token; answers why that failed, or nothing. */
    record JoinWith(JoinToken token, ActorRef<Optional<String>> replyTo) implements SpreadCommand {}

    /** Puts a cluster out; answers why that cannot be, or nothing. */
    record Expel(String cluster, ActorRef<Optional<String>> replyTo) implements SpreadCommand {}

    /** Leaves the federation and goes on alone; answers why that cannot be, or nothing. */
    record Leave(ActorRef<Optional<String>> replyTo) implements SpreadCommand {}

    /** Asks for what went over links. */
    record GetStats(ActorRef<SpreadReport> replyTo) implements SpreadCommand {}

    /** Says goodbye, writes what is left, ends the links, answers, and stops. */
    record Stop(Node.Presence how, ActorRef<Done> replyTo) implements SpreadCommand {}
}
