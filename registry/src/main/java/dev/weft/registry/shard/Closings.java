package dev.weft.registry.shard;

import akka.actor.typed.ActorRef;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/** Who waits to hear that no change up to a version can come any more. */
final class Closings {
    private final int shard;
    private final List<ShardCommand.Close> waiting = new ArrayList<>();

    Closings(int shard) {
        this.shard = shard;
    }

    void add(ShardCommand.Close close) {
        waiting.add(close);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** The latest version that anyone waits for. */
    long latest() {
        return waiting.stream().mapToLong(ShardCommand.Close::version).max().orElse(0);
    }

    /**
     * Answers those who ask for no more than a version that is closed.
     *
     * @param last the version of the last batch
     */
    void answer(long upTo, long last, Set<ActorRef<ShardFeed>> followers) {
        for (Iterator<ShardCommand.Close> each = waiting.iterator(); each.hasNext(); ) {
            ShardCommand.Close close = each.next();
            if (close.version() <= upTo) {
                boolean following = followers.contains(close.follower());
                close.follower().tell(new ShardFeed.Closed(shard, close.question(), upTo, last, following));
                each.remove();
            }
        }
    }
}
