package dev.weft.api;

import akka.actor.typed.ActorSystem;
import dev.weft.registry.Registry;

/** A registry to serve, with the actor system that it and the server run in. */
interface TestBacking extends AutoCloseable {
    ActorSystem<?> system();

    Registry registry();

    @Override
    void close();
}
