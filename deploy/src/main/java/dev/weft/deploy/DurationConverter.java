package dev.weft.deploy;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a time such as {@code 90s}, {@code 10m}, {@code 8h}, {@code 365d}. */
final class DurationConverter implements ITypeConverter<Duration> {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,6})([smhd])");

    @Override
    public Duration convert(String value) {
        Matcher parts = FORM.matcher(value);
        if (!parts.matches() || Integer.parseInt(parts.group(1)) == 0) {
            throw new TypeConversionException(value + ": expected a time such as 90s, 10m, 8h or 365d");
        }
        long count = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }
}
