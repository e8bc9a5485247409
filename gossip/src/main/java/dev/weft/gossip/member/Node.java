package dev.weft.gossip.member;

/**
 * What a process says of itself.
 *
 * @param id which
 * @param incarnation of its cluster
 * @param started when this life of the process began, a hybrid timestamp
 * @param beat its latest heartbeat, a hybrid timestamp of its own clock
 * @param presence whether it is still there
 */
public record Node(NodeId id, long incarnation, long started, long beat, Presence presence) {
    public Node {
        if (incarnation < 0 || started < 0 || beat < started) {
            throw new IllegalArgumentException("node " + id + ": incarnation " + incarnation + ", started " + started
                    + ", beat " + beat + " (expected: not negative, beat not before start)");
        }
    }

    /** Whether a process is still there. */
    public enum Presence {
        /** It runs, as far as it knows. */
        HERE,
        /** It stopped and said so; its cluster may come back. */
        STOPPED,
        /** Its cluster left the federation for good. */
        LEFT
    }

    /** Whether this says more than the other about the same process. */
    public boolean supersedes(Node other) {
        if (incarnation != other.incarnation) {
            return incarnation > other.incarnation;
        }
        if (started != other.started) {
            return started > other.started;
        }
        return beat > other.beat;
    }

    /** The same with a later heartbeat. */
    public Node beating(long now) {
        return new Node(id, incarnation, started, Math.max(now, beat + 1), presence);
    }

    /** The last word of this life. */
    public Node departing(Presence how, long now) {
        return new Node(id, incarnation, started, Math.max(now, beat + 1), how);
    }
}
