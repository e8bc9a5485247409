package dev.weft.registry.journal;

import akka.actor.ClassicActorSystemProvider;

/** Where shards keep what must outlive the process: one of the stores of this room, opened. */
public interface Storage extends AutoCloseable {
    /** Hands it to the plugins of an actor system, before the first persistent actor starts there. */
    void attach(ClassicActorSystemProvider system);

    /** Ends what is under way, then closes. Blocks. */
    @Override
    void close();
}
