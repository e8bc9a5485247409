package dev.weft.registry.resource;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;

/** Spans of time with two to three figures, as {@code kubectl get} shows ages (apimachinery's duration package). */
public final class HumanDuration {
    private static final int DAY_HOURS = 24;
    private static final int YEAR_DAYS = 365;

    private HumanDuration() {}

    /** {@code 5s}, {@code 3m20s}, {@code 4h}, {@code 2d3h}, {@code 400d}. */
    public static String of(Duration span) {
        long seconds = span.toSeconds();
        if (seconds < -1) {
            return "<invalid>";
        }
        if (seconds < 120) {
            return Math.max(0, seconds) + "s";
        }
        long minutes = seconds / 60;
        if (minutes < 10) {
            return two(minutes, "m", seconds % 60, "s");
        }
        if (minutes < 180) {
            return minutes + "m";
        }
        long hours = minutes / 60;
        if (hours < 8) {
            return two(hours, "h", minutes % 60, "m");
        }
        if (hours < 48) {
            return hours + "h";
        }
        long days = hours / DAY_HOURS;
        if (hours < 192) {
            return two(days, "d", hours % DAY_HOURS, "h");
        }
        if (days < 2 * YEAR_DAYS) {
            return days + "d";
        }
        long years = days / YEAR_DAYS;
        return years < 8 ? two(years, "y", days % YEAR_DAYS, "d") : years + "y";
    }

    private static String two(long first, String unit, long second, String secondUnit) {
        return second == 0 ? first + unit : first + unit + second + secondUnit;
    }

    /** The age of a timestamp; {@code <unknown>} where there is none. */
    public static String since(String timestamp, Instant now) {
        if (timestamp.isEmpty()) {
            return "<unknown>";
        }
        try {
            Instant then = DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(timestamp, Instant::from);
            return of(Duration.between(then, now));
        } catch (DateTimeException e) {
            return "<invalid>";
        }
    }
}
