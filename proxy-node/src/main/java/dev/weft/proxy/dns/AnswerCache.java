package dev.weft.proxy.dns;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Upstreams' answers until their time is over, and for a while after, for when no upstream answers (RFC 8767). The
 * longest unused goes first; bounded by count and, since a large answer is not kept, by bytes. Safe for several threads.
 */
final class AnswerCache {
    /** Larger answers are not remembered. */
    static final int MAX_ANSWER_BYTES = 4096;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final int maxEntries;
    private final long maxLifetimeSeconds;
    private final long staleNanos;
    private final Map<ByteKey, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

    AnswerCache(int maxEntries, long maxLifetimeSeconds, long staleSeconds) {
        this.maxEntries = maxEntries;
        this.maxLifetimeSeconds = maxLifetimeSeconds;
        this.staleNanos = staleSeconds * NANOS_PER_SECOND;
    }

    /**
     * An answer and how it stands with its time.
     *
     * @param ageSeconds since it came
     * @param fresh whether its time is not over
     */
    record Entry(ForeignAnswer answer, long storedNanos, long untilNanos, long ageSeconds, boolean fresh) {}

    /** What is known, fresh or stale; null for nothing of use. */
    synchronized @Nullable Entry get(ByteKey key, long nanos) {
        Entry entry = entries.get(key);
        if (entry == null) {
            return null;
        }
        if (nanos - entry.untilNanos > staleNanos) {
            entries.remove(key);
            return null;
        }
        return new Entry(
                entry.answer,
                entry.storedNanos,
                entry.untilNanos,
                (nanos - entry.storedNanos) / NANOS_PER_SECOND,
                nanos - entry.untilNanos < 0);
    }

    synchronized void put(ByteKey key, ForeignAnswer answer, long nanos) {
        long seconds = Math.min(answer.lifetimeSeconds(), maxLifetimeSeconds);
        if (seconds <= 0 || maxEntries == 0 || answer.bytes().bytes().length > MAX_ANSWER_BYTES) {
            return;
        }
        entries.put(key, new Entry(answer, nanos, nanos + seconds * NANOS_PER_SECOND, 0, true));
        if (entries.size() > maxEntries) {
            entries.remove(entries.keySet().iterator().next());
        }
    }

    synchronized int size() {
        return entries.size();
    }
}
