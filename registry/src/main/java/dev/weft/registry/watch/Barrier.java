package dev.weft.registry.watch;

import akka.actor.typed.ActorRef;

/** A reader who waits until the hub holds enough. */
final class Barrier {
    private final int window;
    private final ActorRef<HubCommand.Reached> replyTo;
    private int open;
    private long needed;

    /** @param shards how many shards must answer */
    Barrier(int window, int shards, long version, ActorRef<HubCommand.Reached> replyTo) {
        this.window = window;
        this.open = shards;
        this.needed = version;
        this.replyTo = replyTo;
    }

    int window() {
        return window;
    }

    /** One shard answered: what it has committed must be held. */
    void answered(long last) {
        open--;
        needed = Math.max(needed, last);
    }

    /** Answers the reader if the window holds enough. */
    boolean passes(WindowView view) {
        if (open > 0 || view.version() < needed) {
            return false;
        }
        replyTo.tell(new HubCommand.Reached(view.version()));
        return true;
    }
}
