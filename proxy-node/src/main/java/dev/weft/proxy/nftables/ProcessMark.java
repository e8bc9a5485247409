package dev.weft.proxy.nftables;

import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which process programs a table, as it says itself there. A process of another PID namespace is none that is alive.
 *
 * @param started when it did (ms since 1970), since numbers are used again; 0 where it is not known
 */
record ProcessMark(long pid, long started) {
    private static final Pattern TEXT = Pattern.compile("weft process (\\d{1,10}) of (\\d{1,15})");
    /** By which two processes may differ about when a third one started: each reckons it from the host's clock (ms). */
    private static final long CLOCKS_DIFFER = 5_000;

    /** This process. */
    static ProcessMark own() {
        return of(ProcessHandle.current());
    }

    static ProcessMark of(ProcessHandle process) {
        return new ProcessMark(
                process.pid(),
                process.info().startInstant().map(Instant::toEpochMilli).orElse(0L));
    }

    /** The first mark in a text; null for none. */
    static @Nullable ProcessMark in(String text) {
        Matcher mark = TEXT.matcher(text);
        return mark.find() ? new ProcessMark(Long.parseLong(mark.group(1)), Long.parseLong(mark.group(2))) : null;
    }

    /** How it stands in the table. */
    String text() {
        return "weft process " + pid + " of " + started;
    }

    /** Whether it is another process than this one, and still runs. */
    boolean isRival() {
        return pid != ProcessHandle.current().pid()
                && ProcessHandle.of(pid)
                        .filter(ProcessHandle::isAlive)
                        .map(process -> of(process).started)
                        .filter(since -> Math.abs(since - started) <= CLOCKS_DIFFER)
                        .isPresent();
    }
}
