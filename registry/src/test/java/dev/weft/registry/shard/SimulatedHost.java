package dev.weft.registry.shard;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A machine of a simulated cluster: one process after the other runs there, by its clock. */
final class SimulatedHost {
    private final String name;
    private Duration clockOff = Duration.ZERO;
    private int lives;
    private @Nullable SimulatedNode node;
    private boolean cut;
    private long storelessUntil;

    SimulatedHost(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    Duration clockOff() {
        return clockOff;
    }

    void stepClock(Duration step) {
        clockOff = clockOff.plus(step);
    }

    /** Whether nothing comes through to or from other machines. */
    boolean isCut() {
        return cut;
    }

    void cut(boolean now) {
        cut = now;
    }

    /** Until when nothing comes through to or from the store, in microseconds. */
    long storelessUntil() {
        return storelessUntil;
    }

    void storeless(long until) {
        storelessUntil = until;
    }

    /** The process that runs there, if one does. */
    @Nullable
    SimulatedNode node() {
        return node != null && !node.isDead() ? node : null;
    }

    /** Starts a process; none may be running. */
    SimulatedNode start(SimulatedCluster cluster) {
        if (node() != null) {
            throw new IllegalStateException(name + " runs");
        }
        node = new SimulatedNode(cluster, this, ++lives);
        return node;
    }
}
