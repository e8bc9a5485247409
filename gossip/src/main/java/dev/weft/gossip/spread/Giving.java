package dev.weft.gossip.spread;

import dev.weft.gossip.origin.Delta;
import dev.weft.gossip.origin.Want;
import dev.weft.gossip.wire.Frame;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What is left to give in answer to one request, and how many frames the asker takes so far. Belongs to a link. */
final class Giving {
    private static final long UNCOUNTED = -1;

    private final long request;
    private final Deque<Want> left;
    private final int mostFrames;
    private int frames;
    /** About how many records follow in the first of what is left. */
    private long following = UNCOUNTED;

    /** @param mostFrames that are promised at a time, whatever is asked for */
    Giving(Frame.Wants asked, int mostFrames) {
        this.request = asked.request();
        this.left = new ArrayDeque<>(asked.wants());
        this.mostFrames = mostFrames;
        grant(asked.frames());
    }

    long request() {
        return request;
    }

    /** @param more as the asker says; nothing where it makes no sense */
    void grant(int more) {
        frames = (int) Math.min(mostFrames, (long) frames + Math.max(0, more));
    }

    /** Whether another frame may be sent; from now on it counts as sent. */
    boolean takes() {
        if (frames == 0) {
            return false;
        }
        frames--;
        return true;
    }

    /** What to give next; null where all is given. */
    @Nullable
    Want next() {
        return left.peekFirst();
    }

    long following() {
        return following;
    }

    /** There is nothing to give where something was asked for. */
    void skip() {
        left.removeFirst();
        following = UNCOUNTED;
    }

    /** A piece was given. */
    void gave(Delta piece) {
        skip();
        if (piece.remaining() > 0) {
            left.addFirst(new Want(piece.origin(), piece.upTo(), piece.full()));
            following = piece.remaining();
        }
    }
}
