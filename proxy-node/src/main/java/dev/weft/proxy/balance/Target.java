package dev.weft.proxy.balance;

import dev.weft.proxy.selection.Candidate;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * One endpoint of a service port with what has been learnt of it: the feedback of the balancers. Safe for any thread.
 */
public final class Target {
    private final String identity;
    private final String cluster;
    private final InetSocketAddress address;
    private final long identityHash;
    private final AtomicInteger open = new AtomicInteger();
    private final LongAdder picks = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final PeakEwma latency;
    private volatile int weight;

    Target(Candidate candidate, BalanceSettings settings) {
        this.identity = candidate.identity();
        this.cluster = candidate.cluster();
        this.address = new InetSocketAddress(candidate.address(), candidate.port());
        this.identityHash = Hashing.of(identity, 0);
        this.weight = candidate.weight();
        this.latency = new PeakEwma(settings.ewmaDecay().toNanos());
    }

    /** What stays the same for every proxy-node of every cluster: cluster and Pod uid, or address. */
    public String identity() {
        return identity;
    }

    /** Empty for this cluster. */
    public String cluster() {
        return cluster;
    }

    public InetSocketAddress address() {
        return address;
    }

    public int weight() {
        return weight;
    }

    /** A connection goes here; counts as open from now on. */
    public void opened() {
        picks.increment();
        open.incrementAndGet();
    }

    /** A connection that was {@link #opened()} has ended. */
    public void closed() {
        open.decrementAndGet();
    }

    /** It could not be connected to. */
    public void failed() {
        failures.increment();
    }

    /** It took that long to answer. */
    public void latency(long tookNanos, long nowNanos) {
        latency.observe(tookNanos, nowNanos);
    }

    public int open() {
        return open.get();
    }

    public long picks() {
        return picks.sum();
    }

    public long failures() {
        return failures.sum();
    }

    long identityHash() {
        return identityHash;
    }

    /** Peak EWMA's cost of sending one more here. */
    double cost(long nowNanos) {
        return latency.nanosAt(nowNanos) * (open.get() + 1) / weight;
    }

    void reweigh(int to) {
        weight = to;
    }
}
