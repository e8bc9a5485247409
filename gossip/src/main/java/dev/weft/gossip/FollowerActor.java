package dev.weft.gossip;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import dev.weft.gossip.origin.OriginId;
import dev.weft.gossip.origin.OriginRecord;
import dev.weft.gossip.spread.News;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Tells one follower the news in the words of the front door; stops with the follower or with gossip. Holds nothing. */
final class FollowerActor {
    private FollowerActor() {}

    static Behavior<News> create(ActorRef<FederationEvent> follower, ActorRef<?> source, Predicate<String> keys) {
        return Behaviors.setup(context -> {
            context.watch(follower);
            context.watch(source);
            return Behaviors.receive(News.class)
                    .onAnyMessage(news -> {
                        FederationEvent event = translate(news, keys);
                        if (event != null) {
                            follower.tell(event);
                        }
                        return Behaviors.same();
                    })
                    .onSignal(akka.actor.typed.Terminated.class, stopped -> Behaviors.stopped())
                    .build();
        });
    }

    /** Null for a change of nothing that he wants to hear of. */
    static @Nullable FederationEvent translate(News news, Predicate<String> keys) {
        if (news instanceof News.OriginChanged changed) {
            List<RecordChange> changes = changes(changed.records(), keys);
            return changes.isEmpty() ? null : new FederationEvent.OriginChanged(origin(changed.origin()), changes);
        }
        if (news instanceof News.OriginTold told) {
            return new FederationEvent.OriginState(origin(told.origin()), changes(told.records(), keys));
        }
        if (news instanceof News.OriginGone gone) {
            return new FederationEvent.OriginGone(origin(gone.origin()));
        }
        if (news instanceof News.MembersChanged changed) {
            return new FederationEvent.MembersChanged(
                    changed.members().stream().map(Reports::member).toList());
        }
        return new FederationEvent.CaughtUp();
    }

    private static Origin origin(OriginId id) {
        return new Origin(id.cluster(), id.shard(), id.incarnation());
    }

    private static List<RecordChange> changes(List<OriginRecord> records, Predicate<String> keys) {
        return records.stream()
                .filter(record -> keys.test(record.key()))
                .map(record -> new RecordChange(record.key(), record.payload()))
                .toList();
    }
}
