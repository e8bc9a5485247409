package dev.weft.gossip.transport;

import dev.weft.gossip.member.NodeAddress;
import dev.weft.gossip.wire.Frame;
import java.util.concurrent.CompletionStage;

/** Links to other processes. All methods may be called from any thread and do not block. */
public interface Peers {
    /** Where this listens, after binding. */
    NodeAddress address();

    /** From now on reports to the listener; links that came before are refused. Called once. */
    void start(PeerListener listener);

    /** Tries once to reach an address and names the link; the listener hears {@code connected} or {@code disconnected}. */
    long dial(NodeAddress address);

    /** Sends in order after what was sent before; answers how many bytes, 0 where the link is gone or too much waits. */
    int send(long link, Frame frame);

    /** A frame that was received has been dealt with: the peer may send one more. */
    void processed(long link);

    /** Ends a link after what was sent; the listener hears {@code disconnected}. */
    void close(long link, String reason);

    /** Ends all links and the listener. */
    CompletionStage<Void> stop();
}
