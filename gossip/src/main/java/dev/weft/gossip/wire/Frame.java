package dev.weft.gossip.wire;

import akka.util.ByteString;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.origin.Batch;
import dev.weft.gossip.origin.Delta;
import dev.weft.gossip.origin.OriginDigest;
import dev.weft.gossip.origin.Want;
import dev.weft.gossip.trust.Expulsion;
import dev.weft.gossip.trust.MemberStatement;
import java.util.List;

/** What goes over a link. */
public sealed interface Frame {

    /** The version of the protocol that is spoken here. */
    int VERSION = 3;

    /** The version from which {@link Outline} is understood. */
    int OUTLINES = 3;

    /** The oldest version that is understood here. */
    int OLDEST_VERSION = 2;

    /**
     * The first frame, both ways.
     *
     * @param version spoken by the sender
     * @param oldest understood by the sender
     * @param member the sender's membership
     */
    record Hello(int version, int oldest, Node node, MemberStatement member) implements Frame {
        /** Whether both sides understand what the other speaks. */
        public boolean compatible() {
            return version >= OLDEST_VERSION && oldest <= VERSION;
        }
    }

    /** The last frame of one who does not want the link. */
    record Refusal(String reason) implements Frame {}

    /** The first frame of one who was invited: the token's secret, and his word on himself. */
    record Join(ByteString secret, MemberStatement member) implements Frame {
        /** Without the secret. */
        @Override
        public String toString() {
            return "Join[" + member + "]";
        }
    }

    /**
     * Who is a member and who is out.
     *
     * @param complete whether this is all that the sender knows; the receiver answers with what is missing in it
     */
    record Roll(List<MemberStatement> members, List<Expulsion> expulsions, boolean complete) implements Frame {
        public Roll {
            members = List.copyOf(members);
            expulsions = List.copyOf(expulsions);
        }
    }

    /** New records, told at once. */
    record Push(List<Batch> origins) implements Frame {
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

    /**
     * Answers an opening whose root differs; with round 0 it says where the sender is ahead of the receiver.
     *
     * @param roll hash of the sender's roll; empty with round 0
     * @param parts of the {@link dev.weft.gossip.origin.Outline} of which all digests are told, a bit each, in answer to
     *     one; 0 otherwise
     */
    record Digests(long round, List<OriginDigest> digests, List<Node> nodes, ByteString roll, long parts)
            implements Frame {
        public Digests {
            digests = List.copyOf(digests);
            nodes = List.copyOf(nodes);
        }

        /** The same without an outline. */
        public Digests(long round, List<OriginDigest> digests, List<Node> nodes, ByteString roll) {
            this(round, digests, nodes, roll, 0);
        }

        /** In which parts these are all that the sender knows; 0 where he tells only what he is ahead in. */
        public long whole() {
            return round != 0 ? dev.weft.gossip.origin.Outline.ALL : parts;
        }
    }

    /**
     * Answers an opening whose root differs, where there are many origins: in few bytes, how far the sender is.
     *
     * @param outline see {@link dev.weft.gossip.origin.Outline}; its salt is the round
     * @param roll hash of the sender's roll
     */
    record Outline(long round, ByteString outline, List<Node> nodes, ByteString roll) implements Frame {
        public Outline {
            nodes = List.copyOf(nodes);
        }
    }

    /**
     * Asks for what follows.
     *
     * @param wants what; nothing where this asks for more frames in answer to a request
     * @param request rises on a link and comes back in the answer; 0 from releases that take one frame in answer
     * @param frames how many frames more may be sent in answer to the request
     */
    record Wants(List<Want> wants, long request, int frames) implements Frame {
        public Wants {
            wants = List.copyOf(wants);
        }

        /** A request as older releases make it: to be answered with one frame. */
        public Wants(List<Want> wants) {
            this(wants, 0, 1);
        }
    }

    /**
     * Answers wants as far as the byte budget of a frame goes; empty where there is nothing to give.
     *
     * @param request which this answers; 0 where it had no number
     * @param more whether another frame belongs to the answer
     */
    record Deltas(List<Delta> deltas, long request, boolean more) implements Frame {
        public Deltas {
            deltas = List.copyOf(deltas);
        }

        /** An answer as older releases give it. */
        public Deltas(List<Delta> deltas) {
            this(deltas, 0, false);
        }
    }

    /** What became of processes, e.g. that the sender stops. */
    record Nodes(List<Node> nodes) implements Frame {
        public Nodes {
            nodes = List.copyOf(nodes);
        }
    }
}
