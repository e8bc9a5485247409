package dev.weft.registry.resource;

import java.util.regex.Pattern;

/** Amounts of resources: {@code 100m}, {@code 1.5Gi}, {@code 1e3}. */
final class Quantities {
    private static final Pattern FORM = Pattern.compile(
            "[+-]?([0-9]{1,30}(\\.[0-9]{0,30})?|\\.[0-9]{1,30})([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{1,4})?");

    private Quantities() {}

    static boolean isQuantity(String text) {
        return text.length() <= 80 && FORM.matcher(text).matches();
    }
}
