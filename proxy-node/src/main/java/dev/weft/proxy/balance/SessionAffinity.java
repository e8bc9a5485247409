package dev.weft.proxy.balance;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a client on its target until it has been idle for the timeout or the target leaves (rule KP-10); whoever has
 * none gets what the decorated balancer picks. Changes of the set keep the clients.
 */
public final class SessionAffinity implements Balancer {
    private final Balancer inner;
    private final AffinityTable table;
    private final long timeoutNanos;

    /** @param clients how many clients are remembered at most; beyond that the longest idle of a few is forgotten */
    public SessionAffinity(Balancer inner, Duration timeout, int clients) {
        this(inner, new AffinityTable(clients), timeout.toNanos());
    }

    private SessionAffinity(Balancer inner, AffinityTable table, long timeoutNanos) {
        this.inner = inner;
        this.table = table;
        this.timeoutNanos = timeoutNanos;
    }

    @Override
    public @Nullable Target pick(ClientKey client, long nowNanos) {
        Target kept = table.get(client.hash(), nowNanos, timeoutNanos);
        if (kept != null && inner.targets().contains(kept)) {
            return kept;
        }
        Target picked = inner.pick(client, nowNanos);
        if (picked != null) {
            table.put(client.hash(), picked, nowNanos);
        }
        return picked;
    }

    @Override
    public Balancer over(TargetSet targets) {
        return new SessionAffinity(inner.over(targets), table, timeoutNanos);
    }

    /** Another algorithm for clients without a target; the others keep theirs. */
    public SessionAffinity around(Balancer other, Duration timeout) {
        return new SessionAffinity(other, table, timeout.toNanos());
    }

    /** Told of a client and its target. */
    @FunctionalInterface
    public interface Remembered {
        /**
         * A client keeps its target.
         *
         * @param idleNanos since the client's last pick
         */
        void client(long key, Target target, long idleNanos);
    }

    /** Tells of every client that keeps its target. */
    public void tell(long nowNanos, Remembered told) {
        TargetSet present = inner.targets();
        table.tell(nowNanos, timeoutNanos, (key, target, idleNanos) -> {
            if (present.contains(target)) {
                told.client(key, target, idleNanos);
            }
        });
    }

    /** A client had a target at that time, as another process remembers; what this one knows since then counts more. */
    public void recall(long clientKey, Target target, long usedNanos) {
        table.recall(clientKey, target, usedNanos);
    }

    @Override
    public boolean laysOutShares() {
        return inner.laysOutShares();
    }

    /** What picks for clients without a target. */
    public Balancer inner() {
        return inner;
    }

    @Override
    public long revisedAfterNanos() {
        return inner.revisedAfterNanos();
    }

    @Override
    public TargetSet targets() {
        return inner.targets();
    }

    @Override
    public boolean usesLatency() {
        return inner.usesLatency();
    }
}
