package dev.weft.gossip.spread;

import dev.weft.gossip.origin.Delta;
import dev.weft.gossip.origin.OriginState;
import dev.weft.gossip.origin.Want;
import dev.weft.gossip.wire.Frame;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives others the records that they ask for: frame after frame, as many as the asker takes at a time, so that a link is
 * full however long its round trip is.
 */
final class Supply {
    /** What a delta costs in a frame besides its records; bytes. */
    private static final int DELTA_BYTES = 128;

    private final Ledger ledger;
    private final Outbox outbox;
    private final SpreadSettings settings;

    Supply(Ledger ledger, Outbox outbox, SpreadSettings settings) {
        this.ledger = ledger;
        this.outbox = outbox;
        this.settings = settings;
    }

    /** A peer asks for records, or takes more frames of what he asked for; a new request takes the place of an old one. */
    void asked(Link link, Frame.Wants wants) {
        Giving giving = link.giving;
        if (wants.request() == 0 || !wants.wants().isEmpty()) {
            giving = new Giving(wants, settings.framesAhead());
            link.giving = giving;
        } else if (giving != null && giving.request() == wants.request()) {
            giving.grant(wants.frames());
        } else {
            return;
        }
        while (giving.takes()) {
            Frame.Deltas frame = frame(giving);
            // What does not fit into the queue of the link is asked for again.
            if (!outbox.send(link, frame) || !frame.more()) {
                link.giving = null;
                return;
            }
        }
    }

    private Frame.Deltas frame(Giving giving) {
        List<Delta> deltas = new ArrayList<>();
        int budget = settings.budgetBytes();
        for (Want want = giving.next(); want != null && budget > 0; want = giving.next()) {
            OriginState state = ledger.replica().get(want.origin());
            if (state == null || state.highest() == 0 || (!want.full() && state.highest() <= want.after())) {
                giving.skip();
            } else {
                Delta delta = state.after(want, budget, giving.following());
                budget -= delta.bytes() + DELTA_BYTES;
                deltas.add(delta);
                giving.gave(delta);
            }
        }
        return new Frame.Deltas(deltas, giving.request(), giving.request() != 0 && giving.next() != null);
    }
}
