package dev.weft.gossip.transport;

import dev.weft.gossip.trust.PeerIdentity;
import dev.weft.gossip.wire.Frame;
import org.jspecify.annotations.Nullable;

/** Hears of links. Called from any thread, for one link from one at a time; must not block. */
public interface PeerListener {
    /**
     * Frames can be sent on a link, which may have been dialled here.
     *
     * @param proven who the peer proved to be; null in plain text
     */
    void connected(long link, boolean dialed, @Nullable PeerIdentity proven);

    /** A frame of so many bytes came; call {@link Peers#processed} when it has been dealt with. */
    void received(long link, Frame frame, int bytes);

    /** Something came that is no frame; call {@link Peers#processed} as well. */
    void malformed(long link, String reason);

    /** The link is gone, or could not be made. */
    void disconnected(long link, String reason);
}
