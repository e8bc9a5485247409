package dev.weft.registry.shard;

import dev.weft.registry.testbed.History;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/** Somebody outside of a simulated cluster, who talks to all of its processes in turn. */
abstract class SimulatedClient {
    final SimulatedCluster cluster;
    final VirtualTime time;
    final String name;
    final Random random;
    final History history;

    SimulatedClient(SimulatedCluster cluster, String name, Random random, History history) {
        this.cluster = cluster;
        this.time = cluster.time();
        this.name = name;
        this.random = random;
        this.history = history;
    }

    /**
     * A request: its answer, or nothing if the connection breaks or patience ends.
     *
     * @param patience in microseconds
     */
    final <T> void ask(SimulatedNode node, long patience, Consumer<Consumer<T>> question, Consumer<Optional<T>> then) {
        boolean[] over = new boolean[1];
        Consumer<Optional<T>> once = answer -> {
            if (!over[0]) {
                over[0] = true;
                then.accept(answer);
            }
        };
        Consumer<T> answered = answer -> time.in(100L + random.nextInt(500), () -> once.accept(Optional.of(answer)));
        node.onDeath(() -> time.in(1_000, () -> once.accept(Optional.empty())));
        cluster.network().deliver(node, () -> question.accept(answered));
        time.in(patience, () -> once.accept(Optional.empty()));
    }
}
