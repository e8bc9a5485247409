package dev.weft.gossip.wire;

import akka.util.ByteString;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.origin.Delta;
import dev.weft.gossip.origin.OriginDigest;
import dev.weft.gossip.origin.OriginId;
import dev.weft.gossip.origin.OriginRecord;
import dev.weft.gossip.origin.Want;
import java.util.List;

/** What goes over a link. */
public sealed interface Frame {

    /** The version of the protocol that is spoken here. */
    int VERSION = 1;

    /** The oldest version that is understood here. */
    int OLDEST_VERSION = 1;

    /**
     * The first frame, both ways.
     *
     * @param version spoken by the sender
     * @param oldest understood by the sender
     */
    record Hello(int version, int oldest, Node node) implements Frame {
        /** Whether both sides understand what the other speaks. */
        public boolean compatible() {
            return version >= OLDEST_VERSION && oldest <= VERSION;
        }
    }

    /** The last frame of one who does not want the link. */
    record Refusal(String reason) implements Frame {}

    /** New records of one origin, in order. */
    record OriginRecords(OriginId origin, List<OriginRecord> records) {
        public OriginRecords {
            records = List.copyOf(records);
        }
    }

    /** New records, told at once. */
    record Push(List<OriginRecords> origins) implements Frame {
        public Push {
            origins = List.copyOf(origins);
        }
    }

    /**
     * Begins a repair round.
     *
     * @param round positive; comes back in the answer
     * @param root what {@link dev.weft.gossip.origin.StateHash#root} says of the sender
     * @param nodes entries that the receiver may not have heard
     */
    record Opening(long round, ByteString root, List<Node> nodes) implements Frame {
        public Opening {
            nodes = List.copyOf(nodes);
        }
    }

    /** Answers an opening whose root is ours too. */
    record InSync(long round, List<Node> nodes) implements Frame {
        public InSync {
            nodes = List.copyOf(nodes);
        }
    }

    /** Answers an opening whose root differs; with round 0 it says where the sender is ahead of the receiver. */
    record Digests(long round, List<OriginDigest> digests, List<Node> nodes) implements Frame {
        public Digests {
            digests = List.copyOf(digests);
            nodes = List.copyOf(nodes);
        }
    }

    /** Asks for what follows. */
    record Wants(List<Want> wants) implements Frame {
        public Wants {
            wants = List.copyOf(wants);
        }
    }

    /** Answers wants as far as the byte budget goes; empty where there is nothing to give. */
    record Deltas(List<Delta> deltas) implements Frame {
        public Deltas {
            deltas = List.copyOf(deltas);
        }
    }

    /** What became of processes, e.g. that the sender stops. */
    record Nodes(List<Node> nodes) implements Frame {
        public Nodes {
            nodes = List.copyOf(nodes);
        }
    }
}
