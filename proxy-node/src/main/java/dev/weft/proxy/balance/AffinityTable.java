package dev.weft.proxy.balance;

import org.jspecify.annotations.Nullable;

/**
 * Remembers a target by client in bounded memory, without allocation by entry: a cache of sets of 8, in which a client
 * may only sit in the set that its key names. Starts small and doubles while sets overflow, up to its limit.
 */
final class AffinityTable {
    private static final int WAYS = 8;

    private final int limit;
    private long[] keys = new long[WAYS * 8];
    private long[] usedNanos = new long[WAYS * 8];
    private @Nullable Target[] targets = new Target[WAYS * 8];

    AffinityTable(int clients) {
        this.limit = clients;
    }

    /** The client's target, which counts as used now; null when there is none or it has been idle for too long. */
    synchronized @Nullable Target get(long key, long nowNanos, long timeoutNanos) {
        int slot = find(key);
        Target target = slot < 0 ? null : targets[slot];
        if (target == null) {
            return null;
        }
        if (nowNanos - usedNanos[slot] >= timeoutNanos) {
            targets[slot] = null;
            return null;
        }
        usedNanos[slot] = nowNanos;
        return target;
    }

    synchronized void put(long key, Target target, long nowNanos) {
        int slot = place(key);
        set(slot < 0 ? longestIdle(key, nowNanos) : slot, key, target, nowNanos);
    }

    /** Remembers a use of the past, unless a later one is known or there is no room but that of another client. */
    synchronized void recall(long key, Target target, long usedNanos) {
        int slot = place(key);
        if (slot >= 0 && (targets[slot] == null || usedNanos - this.usedNanos[slot] > 0)) {
            set(slot, key, target, usedNanos);
        }
    }

    /** Tells of all clients that have not been idle for too long. */
    synchronized void tell(long nowNanos, long timeoutNanos, SessionAffinity.Remembered told) {
        for (int slot = 0; slot < keys.length; slot++) {
            Target target = targets[slot];
            long idleNanos = nowNanos - usedNanos[slot];
            if (target != null && idleNanos < timeoutNanos) {
                told.client(keys[slot], target, idleNanos);
            }
        }
    }

    /** The client's slot, or a free one, for which the table may grow; -1 when there is none. */
    private int place(long key) {
        int slot = find(key);
        if (slot < 0) {
            slot = free(key);
        }
        while (slot < 0 && keys.length * 2 <= limit) {
            grow();
            slot = free(key);
        }
        return slot;
    }

    private int first(long key) {
        return Hashing.reduce(Hashing.mix(key), keys.length / WAYS) * WAYS;
    }

    private int find(long key) {
        int first = first(key);
        for (int slot = first; slot < first + WAYS; slot++) {
            if (targets[slot] != null && keys[slot] == key) {
                return slot;
            }
        }
        return -1;
    }

    private int free(long key) {
        int first = first(key);
        for (int slot = first; slot < first + WAYS; slot++) {
            if (targets[slot] == null) {
                return slot;
            }
        }
        return -1;
    }

    private int longestIdle(long key, long nowNanos) {
        int first = first(key);
        int idlest = first;
        for (int slot = first + 1; slot < first + WAYS; slot++) {
            if (nowNanos - usedNanos[slot] > nowNanos - usedNanos[idlest]) {
                idlest = slot;
            }
        }
        return idlest;
    }

    /** Each set splits into two neighbours, so none of what was kept can overflow. */
    private void grow() {
        long[] oldKeys = keys;
        long[] oldUsed = usedNanos;
        @Nullable Target[] oldTargets = targets;
        keys = new long[oldKeys.length * 2];
        usedNanos = new long[oldKeys.length * 2];
        targets = new Target[oldKeys.length * 2];
        for (int slot = 0; slot < oldKeys.length; slot++) {
            Target target = oldTargets[slot];
            if (target != null) {
                set(free(oldKeys[slot]), oldKeys[slot], target, oldUsed[slot]);
            }
        }
    }

    private void set(int slot, long key, Target target, long nowNanos) {
        keys[slot] = key;
        usedNanos[slot] = nowNanos;
        targets[slot] = target;
    }
}
