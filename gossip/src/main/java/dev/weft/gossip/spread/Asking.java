package dev.weft.gossip.spread;

import java.time.Instant;

/**
 * One request for records that is not answered to its end. How many frames may be on their way grows with every frame that
 * arrives, as in TCP's slow start, so that a short answer surprises nobody and a long one fills the link. Belongs to a link.
 */
final class Asking {
    private static final int FIRST_FRAMES = 4;

    final long request;
    /** When it is given up. */
    Instant deadline;
    /** Whether anything of the answer was of use. */
    boolean progressed;
    /** Whether something of the answer was lost on its way. */
    boolean broken;
    /** Whether an origin moved forward. */
    boolean news;

    private final int mostFrames;
    private int window;
    private int awaited;

    Asking(long request, int mostFrames, Instant deadline) {
        this.request = request;
        this.mostFrames = mostFrames;
        this.window = Math.min(FIRST_FRAMES, mostFrames);
        this.awaited = window;
        this.deadline = deadline;
    }

    /** How many frames may still come before more are asked for. */
    int awaited() {
        return awaited;
    }

    void arrived() {
        awaited--;
        window = Math.min(mostFrames, window + 1);
    }

    /** How many frames to ask for besides, a few together; they count as asked for. */
    int more() {
        int missing = window - awaited;
        if (missing * 4 < window) {
            return 0;
        }
        awaited = window;
        return missing;
    }
}
