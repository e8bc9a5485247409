package dev.weft.registry.resource;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** What a name may have been meant to be: for a hint to whoever mistyped it. Pure. */
final class NearestName {
    /** Letters that may be wrong in a short name; in a long one a quarter of them. */
    private static final int SLIPS = 2;

    private NearestName() {}

    /** The one of the known that takes the fewest steps (a letter more, less or another); empty when none is near. */
    static Optional<String> of(String name, Collection<String> known) {
        String meant = name.toLowerCase(Locale.ROOT).replace('_', '-');
        int least = Math.max(SLIPS, meant.length() / 4) + 1;
        String nearest = null;
        for (String each : known) {
            int steps = Math.abs(each.length() - meant.length()) < least ? steps(meant, each) : least;
            if (steps < least) {
                least = steps;
                nearest = each;
            }
        }
        return Optional.ofNullable(nearest);
    }

    /** Levenshtein's distance. */
    private static int steps(String a, String b) {
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int other = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(other, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[b.length()];
    }
}
