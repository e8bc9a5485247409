package dev.weft.gossip.wire;

import org.jspecify.annotations.Nullable;

/**
 * Makes one text of equal ones that come again and again: a hundred clusters export the same names, and each of their records
 * has one. It remembers the last two texts of each of
 * its places, no more, so it needs no cleaning up and may miss. Several threads
 * may use it without a lock: what one overwrites is not found by another, which costs a copy.
 */
final class RepeatedTexts {
    private static final int SMALLEST = 256;
    private static final int LARGEST = 1 << 16;

    private volatile @Nullable String[] places = new String[SMALLEST];
    private int overwritten;

    /** The same text, and mostly the same one as before. */
    String one(String text) {
        @Nullable String[] all = places;
        int place = place(text, all.length);
        String newer = all[place];
        if (text.equals(newer)) {
            return newer;
        }
        String older = all[place + 1];
        if (text.equals(older)) {
            return older;
        }
        if (older != null && ++overwritten > all.length && all.length < LARGEST) {
            overwritten = 0;
            all = grown(all);
            place = place(text, all.length);
            newer = all[place];
        }
        all[place + 1] = newer;
        all[place] = text;
        return text;
    }

    private @Nullable String[] grown(@Nullable String[] from) {
        @Nullable String[] larger = new String[4 * from.length];
        for (String text : from) {
            if (text != null) {
                int place = place(text, larger.length);
                larger[place + 1] = larger[place];
                larger[place] = text;
            }
        }
        places = larger;
        return larger;
    }

    /** The first of two places that a text may have. */
    private static int place(String text, int places) {
        int hash = text.hashCode() * 0x9e3779b9;
        return (hash >>> 8) & (places - 2);
    }
}
