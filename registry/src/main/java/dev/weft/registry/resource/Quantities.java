package dev.weft.registry.resource;

import java.math.BigDecimal;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Amounts of resources: {@code 100m}, {@code 1.5Gi}, {@code 1e3}. */
final class Quantities {
    private static final Pattern FORM = Pattern.compile(
            "[+-]?([0-9]{1,30}(\\.[0-9]{0,30})?|\\.[0-9]{1,30})([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{1,4})?");

    private static final String BINARY = "KMGTPE";
    private static final Map<String, Integer> POWERS =
            Map.of("n", -9, "u", -6, "m", -3, "k", 3, "M", 6, "G", 9, "T", 12, "P", 15, "E", 18);

    private static final Pattern PARTS = Pattern.compile("([+-]?[0-9.]+)(.*)");

    private Quantities() {}

    static boolean isQuantity(String text) {
        return text.length() <= 80 && FORM.matcher(text).matches();
    }

    /**
     * Orders two amounts by their values: {@code 1} is {@code 1000m}.
     *
     * @return 0 also where one of them is no amount, which is told elsewhere
     */
    static int compare(String a, String b) {
        return isQuantity(a) && isQuantity(b) ? value(a).compareTo(value(b)) : 0;
    }

    private static BigDecimal value(String quantity) {
        Matcher parts = PARTS.matcher(quantity);
        if (!parts.matches()) {
            throw new IllegalArgumentException(quantity + ": no quantity (expected: e.g. 100m or 1.5Gi)");
        }
        BigDecimal number = new BigDecimal(parts.group(1));
        String suffix = parts.group(2);
        int binary = suffix.endsWith("i") ? BINARY.indexOf(suffix.charAt(0)) : -1;
        if (binary >= 0) {
            return number.multiply(BigDecimal.valueOf(1024).pow(binary + 1));
        }
        boolean exponent = suffix.length() > 1;
        int power = exponent
                ? Integer.parseInt(suffix.substring(1))
                : suffix.isEmpty() ? 0 : POWERS.getOrDefault(suffix, 0);
        return number.scaleByPowerOfTen(power);
    }
}
