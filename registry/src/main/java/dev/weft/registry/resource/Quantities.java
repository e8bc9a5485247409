package dev.weft.registry.resource;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Amounts of resources: {@code 100m}, {@code 1.5Gi}, {@code 1e3}. */
public final class Quantities {
    private static final Pattern FORM = Pattern.compile(
            "[+-]?([0-9]{1,30}(\\.[0-9]{0,30})?|\\.[0-9]{1,30})([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{1,4})?");

    private static final String BINARY = "KMGTPE";
    private static final Map<String, Integer> POWERS =
            Map.of("n", -9, "u", -6, "m", -3, "k", 3, "M", 6, "G", 9, "T", 12, "P", 15, "E", 18);

    private static final Pattern EXPONENT = Pattern.compile("[eE][+-]?[0-9]");

    private static final Pattern PARTS = Pattern.compile("([+-]?[0-9.]+)(.*)");

    private Quantities() {}

    private static final Pattern LOOKS = Pattern.compile("[+-]?[0-9.]+[eEinumkKMGTP]*[-+]?[0-9]*");

    /** Suffixes of powers of 1000 from nano up; the empty one in the middle. */
    private static final List<String> DECIMAL = List.of("n", "u", "m", "", "k", "M", "G", "T", "P", "E");

    private static final int NANO = 9;
    private static final BigDecimal MOST_BINARY = BigDecimal.valueOf(Long.MAX_VALUE);
    private static final BigDecimal KIBI = BigDecimal.valueOf(1024);

    static boolean isQuantity(String text) {
        return text.length() <= 80 && FORM.matcher(text).matches();
    }

    /**
     * The text that Kubernetes stores for an amount: no fraction, the largest suffix of the same family that leaves none. What
     * is finer than a nano is rounded up, and what is given in powers of 1024 and is beyond 64 bits is cut.
     *
     * @return the text itself if it is so already; null if it is no amount
     */
    static @Nullable String canonical(String text) {
        if (isCanonical(text)) {
            return text;
        }
        String trimmed = text.strip();
        if (!isQuantity(trimmed)) {
            return null;
        }
        BigDecimal value = value(trimmed);
        if (value.scale() > NANO) {
            value = value.setScale(NANO, RoundingMode.UP);
        }
        if (value.signum() == 0) {
            return "0";
        }
        if (trimmed.endsWith("i")) {
            BigDecimal capped = value.min(MOST_BINARY);
            boolean whole = capped.stripTrailingZeros().scale() <= 0;
            return whole && capped.abs().compareTo(KIBI) >= 0
                    ? binary(capped.toBigIntegerExact())
                    : decimal(capped, true);
        }
        return decimal(value, !EXPONENT.matcher(trimmed).find());
    }

    /** A canonical amount, rounded up to thousandths; the text itself if it has no finer part, or is no amount. */
    static String wholeMillis(String text) {
        boolean finer = text.endsWith("n") || text.endsWith("u") || text.contains("e-");
        if (!finer || !isQuantity(text)) {
            return text;
        }
        return decimal(value(text).setScale(3, RoundingMode.UP), !text.contains("e-"));
    }

    /** Why {@link #canonical} is null, in the words of Kubernetes. */
    static String fault(String text) {
        return LOOKS.matcher(text.strip()).matches()
                ? "unable to parse quantity's suffix"
                : "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
    }

    /** Only of what can be told by looking at the letters; true for nearly all that is sent. */
    private static boolean isCanonical(String text) {
        int digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        if (digits == 0 || digits > 4 || text.charAt(0) == '0') {
            return text.equals("0");
        }
        String suffix = text.substring(digits);
        if (suffix.length() == 2) {
            boolean binary = suffix.charAt(1) == 'i' && "KMGT".indexOf(suffix.charAt(0)) >= 0;
            return binary && Integer.parseInt(text, 0, digits, 10) % 1024 != 0;
        }
        return DECIMAL.contains(suffix) && !text.startsWith("000", digits - 3);
    }

    private static String binary(BigInteger value) {
        BigInteger number = value;
        int power = 0;
        while (power < BINARY.length() && number.bitLength() > 10 && number.getLowestSetBit() >= 10) {
            number = number.shiftRight(10);
            power++;
        }
        return number + (power == 0 ? "" : BINARY.charAt(power - 1) + "i");
    }

    /** @param suffixed with a letter for the power, if there is one for it; else with an exponent */
    private static String decimal(BigDecimal value, boolean suffixed) {
        BigDecimal bare = value.stripTrailingZeros();
        int exponent = Math.floorDiv(-bare.scale(), 3) * 3;
        String number = bare.scaleByPowerOfTen(-exponent).toBigIntegerExact().toString();
        int place = exponent / 3 + NANO / 3;
        if (suffixed && place < DECIMAL.size()) {
            return number + DECIMAL.get(place);
        }
        return exponent == 0 ? number : number + "e" + exponent;
    }

    /**
     * Orders two amounts by their values: {@code 1} is {@code 1000m}.
     *
     * @return 0 also where one of them is no amount, which is told elsewhere
     */
    static int compare(String a, String b) {
        return isQuantity(a) && isQuantity(b) ? value(a).compareTo(value(b)) : 0;
    }

    /**
     * An amount in thousandths, rounded up.
     *
     * @param most what is more counts as this
     * @return 0 where the text is no amount, or one below 0
     */
    public static long millis(String text, long most) {
        return isQuantity(text)
                ? value(text)
                        .movePointRight(3)
                        .max(BigDecimal.ZERO)
                        .min(BigDecimal.valueOf(most))
                        .setScale(0, RoundingMode.UP)
                        .longValueExact()
                : 0;
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
        int power = exponent ? Integer.parseInt(suffix.substring(1)) : POWERS.getOrDefault(suffix, 0);
        return number.scaleByPowerOfTen(power);
    }
}
