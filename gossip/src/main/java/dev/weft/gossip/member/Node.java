package dev.weft.gossip.member;

import akka.util.ByteString;

/**
 * What a process says of itself.
 *
 * @param id which
 * @param incarnation of its cluster
 * @param started when this life of the process began, a hybrid timestamp
 * @param beat its latest heartbeat, a hybrid timestamp of its own clock
 * @param presence whether it is still there
 * @param seal its cluster's word on all but heartbeats; empty where it is not told anew
 */
public record Node(NodeId id, long incarnation, long started, long beat, Presence presence, ByteString seal) {
    public Node {
        if (incarnation < 0 || started < 0 || beat < started) {
            throw new IllegalArgumentException("node " + id + ": incarnation " + incarnation + ", started " + started
                    + ", beat " + beat + " (expected: not negative, beat not before start)");
        }
    }

    /** Without a seal. */
    public Node(NodeId id, long incarnation, long started, long beat, Presence presence) {
        this(id, incarnation, started, beat, presence, ByteString.emptyByteString());
    }

    /** Whether a process is still there; within one life it only moves down this list. */
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
        if (presence != other.presence) {
            return presence.compareTo(other.presence) > 0;
        }
        return beat > other.beat;
    }

    /** The same with a later heartbeat. */
    public Node beating(long now) {
        return new Node(id, incarnation, started, Math.max(now, beat + 1), presence, seal);
    }

    /** The last word of this life. */
    public Node departing(Presence how, long now) {
        return new Node(id, incarnation, started, Math.max(now, beat + 1), how);
    }

    /** The same with its cluster's word. */
    public Node sealed(ByteString word) {
        return new Node(id, incarnation, started, beat, presence, word);
    }

    /** Whether a seal on the other holds for this as well: they differ in heartbeats only. */
    public boolean sameLife(Node other) {
        return id.equals(other.id)
                && incarnation == other.incarnation
                && started == other.started
                && presence == other.presence
                && presence == Presence.HERE;
    }
}
