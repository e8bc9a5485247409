package dev.weft.gossip.spread;

import java.time.Duration;
import java.time.Instant;

/** Says whether it is time to tell again of something that goes on. Belongs to one owner. */
final class Seldom {
    private final Duration pause;
    private Instant next = Instant.MIN;
    private boolean told;

    /** @param pause between two tellings, at least */
    Seldom(Duration pause) {
        this.pause = pause;
    }

    /** How much there is to tell. */
    enum Telling {
        /** It was told not long ago. */
        NOTHING,
        /** That it goes on. */
        AGAIN,
        /** All of it. */
        ALL
    }

    /** It has happened, now. */
    Telling happened(Instant now) {
        if (now.isBefore(next)) {
            return Telling.NOTHING;
        }
        next = now.plus(pause);
        Telling telling = told ? Telling.AGAIN : Telling.ALL;
        told = true;
        return telling;
    }
}
