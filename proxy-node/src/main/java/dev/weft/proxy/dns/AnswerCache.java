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
    private static final long STALE_TTL_SECONDS = 30; // RFC 8767, 4

    private final int maxEntries;
    private final long staleNanos;
    private final long recheckNanos;
    private final long staleTtlSeconds;
    private final Map<ByteKey, Kept> entries = new LinkedHashMap<>(16, 0.75f, true);

    AnswerCache(DnsSettings.Forwarding settings) {
        this.maxEntries = settings.cacheEntries();
        this.staleNanos = settings.serveStale().toNanos();
        this.recheckNanos = settings.failureRecheck().toNanos();
        this.staleTtlSeconds = Math.min(STALE_TTL_SECONDS, settings.maxTtl().toSeconds());
    }

    /** @param failedNanos when upstreams last failed to answer that again; null for not since it came */
    private record Kept(
            ForeignAnswer answer,
            long storedNanos,
            long untilNanos,
            @Nullable Long failedNanos) {}

    /**
     * An answer and how it stands with its time.
     *
     * @param ageSeconds since it came
     * @param fresh whether its time is not over
     * @param toBeAsked whether upstreams are to be asked again
     * @param staleTtlSeconds what its records live when it is not fresh
     */
    record Entry(ForeignAnswer answer, long ageSeconds, boolean fresh, boolean toBeAsked, long staleTtlSeconds) {
        /** An answer that has just come. */
        static Entry of(ForeignAnswer answer) {
            return new Entry(answer, 0, true, false, 0);
        }

        /** What is left of a time to live as the answer has it. */
        long left(long ttlSeconds) {
            return fresh ? Math.max(0, ttlSeconds - ageSeconds) : staleTtlSeconds;
        }
    }

    /** What is known, fresh or stale; null for nothing of use. */
    synchronized @Nullable Entry get(ByteKey key, long nanos) {
        Kept entry = entries.get(key);
        if (entry == null) {
            return null;
        }
        if (nanos - entry.untilNanos > staleNanos) {
            entries.remove(key);
            return null;
        }
        boolean fresh = nanos - entry.untilNanos < 0;
        boolean rests = entry.failedNanos != null && nanos - entry.failedNanos < recheckNanos;
        long age = (nanos - entry.storedNanos) / NANOS_PER_SECOND;
        return new Entry(entry.answer, age, fresh, !fresh && !rests, staleTtlSeconds);
    }

    synchronized void put(ByteKey key, ForeignAnswer answer, long nanos) {
        long seconds = answer.lifetimeSeconds();
        if (seconds <= 0 || maxEntries == 0 || answer.bytes().bytes().length > MAX_ANSWER_BYTES) {
            entries.remove(key); // what it replaces is no longer true
            return;
        }
        entries.put(key, new Kept(answer, nanos, nanos + seconds * NANOS_PER_SECOND, null));
        if (entries.size() > maxEntries) {
            entries.remove(entries.keySet().iterator().next());
        }
    }

    /** No upstream has answered that: what is known is good for a while without asking again (RFC 8767, 5). */
    synchronized void failed(ByteKey key, long nanos) {
        entries.computeIfPresent(key, (same, kept) -> new Kept(kept.answer, kept.storedNanos, kept.untilNanos, nanos));
    }
}
