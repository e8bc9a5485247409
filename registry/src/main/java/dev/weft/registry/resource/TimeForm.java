package dev.weft.registry.resource;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * The two forms in which Kubernetes keeps timestamps. What is read is what Go's {@code time.Parse} takes for the layout,
 * no more and no less, since a client written in Go fails on a whole list for one value in it that it cannot read. What is
 * written is in UTC, with a fixed number of digits.
 */
enum TimeForm {
    /** {@code metav1.Time}: whole seconds; a fraction is read and dropped. */
    SECONDS("2006-01-02T15:04:05Z07:00", 0),
    /** {@code metav1.MicroTime}: six digits of a second, not more and not fewer. */
    MICROS("2006-01-02T15:04:05.000000Z07:00", 6);

    /** Go's zero time, which its encoder writes as null. */
    private static final OffsetDateTime ZERO = OffsetDateTime.of(1, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);

    private final String layout;
    private final int digits;
    private final int length;

    TimeForm(String layout, int digits) {
        this.layout = layout;
        this.digits = digits;
        this.length = digits == 0 ? 20 : 21 + digits;
    }

    /** As it is stored: the text itself if it is so already, null if it names no time, empty if it is Go's zero time. */
    @Nullable
    String canonical(String text) {
        if (isCanonical(text)) {
            return text;
        }
        try {
            return show(new Scan(text).time());
        } catch (Unreadable e) {
            return null;
        }
    }

    /** Why {@link #canonical} is null, in the words of Go. */
    String fault(String text) {
        try {
            show(new Scan(text).time());
            return "";
        } catch (Unreadable e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** As {@link #canonical} for a text that was stored when more forms than Go's were taken. */
    @Nullable
    String healed(String text) {
        String known = canonical(text);
        if (known != null) {
            return known;
        }
        try {
            return show(OffsetDateTime.parse(text).withOffsetSameInstant(ZoneOffset.UTC));
        } catch (DateTimeException | Unreadable e) {
            return null;
        }
    }

    /** Only of what can be told without a calendar; true for nearly all that is sent. */
    private boolean isCanonical(String text) {
        if (text.length() != length || text.charAt(length - 1) != 'Z') {
            return false;
        }
        for (int i = 0; i < length - 1; i++) {
            char c = text.charAt(i);
            char expected = i >= 20 ? '0' : "0000-00-00T00:00:00.".charAt(i);
            if (expected == '0' ? c < '0' || c > '9' : c != expected) {
                return false;
            }
        }
        int month = pair(text, 5);
        int day = pair(text, 8);
        boolean inDay = pair(text, 11) < 24 && pair(text, 14) < 60 && pair(text, 17) < 60;
        return inDay && month >= 1 && month <= 12 && day >= 1 && day <= 28 && !text.startsWith("0001");
    }

    private static int pair(String text, int at) {
        return (text.charAt(at) - '0') * 10 + text.charAt(at + 1) - '0';
    }

    private String show(OffsetDateTime utc) throws Unreadable {
        if (utc.getYear() < 0 || utc.getYear() > 9999) {
            throw new Unreadable("parsing time: year outside of range [0,9999]");
        }
        if (utc.isEqual(ZERO)) {
            return "";
        }
        String seconds = "%04d-%02d-%02dT%02d:%02d:%02d"
                .formatted(
                        utc.getYear(),
                        utc.getMonthValue(),
                        utc.getDayOfMonth(),
                        utc.getHour(),
                        utc.getMinute(),
                        utc.getSecond());
        return seconds + (digits == 0 ? "Z" : ".%06dZ".formatted(utc.getNano() / 1000));
    }

    /** One text, read from left to right along the layout. */
    private final class Scan {
        private final String text;
        private int at;

        private Scan(String text) {
            this.text = text;
        }

        private OffsetDateTime time() throws Unreadable {
            int year = year();
            literal("-");
            int month = number("01", true, 1, 12, "month");
            literal("-");
            int day = number("02", true, 0, 99, "day");
            literal("T");
            int hour = number("15", false, 0, 23, "hour");
            literal(":");
            int minute = number("04", true, 0, 59, "minute");
            literal(":");
            int second = number("05", true, 0, 59, "second");
            int nanos = fraction();
            int offset = offset();
            if (at < text.length()) {
                throw failed(": extra text: " + GoSyntax.quoted(text.substring(at)));
            }
            if (day < 1 || day > YearMonth.of(year, month).lengthOfMonth()) {
                throw failed(": day out of range");
            }
            return LocalDateTime.of(year, month, day, hour, minute, second, nanos)
                    .minus(offset, ChronoUnit.MINUTES)
                    .atOffset(ZoneOffset.UTC);
        }

        private int year() throws Unreadable {
            int year = 0;
            for (int i = 0; i < 4; i++) {
                if (!isDigit(at + i)) {
                    throw mismatch("2006");
                }
                year = year * 10 + text.charAt(at + i) - '0';
            }
            at += 4;
            return year;
        }

        private void literal(String expected) throws Unreadable {
            if (!text.startsWith(expected, at)) {
                throw mismatch(expected);
            }
            at += expected.length();
        }

        private int number(String element, boolean two, int least, int most, String name) throws Unreadable {
            if (!isDigit(at) || (two && !isDigit(at + 1))) {
                throw mismatch(element);
            }
            int number = isDigit(at + 1) ? pair(text, at) : text.charAt(at) - '0';
            if (number < least || number > most) {
                throw failed(": " + name + " out of range");
            }
            at += isDigit(at + 1) ? 2 : 1;
            return number;
        }

        /** Go takes a comma for the point, and a fraction where its layout has none. */
        private int fraction() throws Unreadable {
            boolean begins = at < text.length() && (text.charAt(at) == '.' || text.charAt(at) == ',');
            int end = at + 1;
            while (begins && isDigit(end) && (digits == 0 || end <= at + digits)) {
                end++;
            }
            int found = begins ? end - at - 1 : 0;
            if (digits > 0 && found < digits) {
                throw mismatch(".000000");
            }
            int nanos = 0;
            for (int i = 0; i < 9; i++) {
                nanos = nanos * 10 + (i < found ? text.charAt(at + 1 + i) - '0' : 0);
            }
            at += found == 0 ? 0 : found + 1;
            return nanos;
        }

        /** In minutes; up to 24 hours and 60 minutes, as Go has it. */
        private int offset() throws Unreadable {
            if (text.startsWith("Z", at)) {
                at++;
                return 0;
            }
            boolean signed = at + 6 <= text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-');
            if (!signed
                    || text.charAt(at + 3) != ':'
                    || !isDigit(at + 1)
                    || !isDigit(at + 2)
                    || !isDigit(at + 4)
                    || !isDigit(at + 5)) {
                throw mismatch("Z07:00");
            }
            int hours = pair(text, at + 1);
            int minutes = pair(text, at + 4);
            if (hours > 24 || minutes > 60) {
                throw failed(": time zone offset " + (hours > 24 ? "hour" : "minute") + " out of range");
            }
            int offset = (hours * 60 + minutes) * (text.charAt(at) == '-' ? -1 : 1);
            at += 6;
            return offset;
        }

        private boolean isDigit(int index) {
            return index < text.length() && text.charAt(index) >= '0' && text.charAt(index) <= '9';
        }

        private Unreadable mismatch(String element) {
            String rest = text.substring(Math.min(at, text.length()));
            return failed(" as " + GoSyntax.quoted(layout) + ": cannot parse " + GoSyntax.quoted(rest) + " as "
                    + GoSyntax.quoted(element));
        }

        private Unreadable failed(String why) {
            return new Unreadable("parsing time " + GoSyntax.quoted(text) + why);
        }
    }

    private static final class Unreadable extends Exception {
        private Unreadable(String message) {
            super(message, null, false, false);
        }
    }
}
