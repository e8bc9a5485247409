package dev.weft.gossip.spread;

import dev.weft.gossip.transport.Peers;
import dev.weft.gossip.wire.Frame;

/** Sends frames and counts them on their link. */
final class Outbox {
    private final Peers peers;

    Outbox(Peers peers) {
        this.peers = peers;
    }

    /** False where the link is gone or too much waits already. */
    boolean send(Link link, Frame frame) {
        int bytes = peers.send(link.id, frame);
        if (bytes > 0) {
            link.traffic.sent(bytes);
        }
        return bytes > 0;
    }
}
