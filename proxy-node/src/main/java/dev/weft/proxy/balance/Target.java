package dev.weft.proxy.balance;

import dev.weft.proxy.outlier.OutlierSettings;
import dev.weft.proxy.outlier.OutlierState;
import dev.weft.proxy.selection.Candidate;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint of a service port with what has been learnt of it: the feedback of the balancers. Safe for any thread.
 */
public final class Target {
    private final String identity;
    private final String cluster;
    private final InetSocketAddress address;
    /** As it was told. */
    private final String host;

    private final long identityHash;
    private final AtomicInteger open = new AtomicInteger();
    private final LongAdder picks = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder ejections = new LongAdder();
    private final LongAdder bytesTo = new LongAdder();
    private final LongAdder bytesFrom = new LongAdder();
    private final double decayNanos;
    private final OutlierSettings outlierSettings;
    private final SlowStart slowStart;
    private volatile boolean dead;
    private volatile int weight;
    private volatile int tenths = SlowStart.WHOLE;
    private volatile @Nullable Seat seat;
    /** {@link PeakEwma}; observations made at once may lose one another: it is an estimate, not an account. */
    private volatile double latency = PeakEwma.UNKNOWN;

    private volatile double lastLatency;
    private long startedNanos;
    /** Its pool's own. */
    private long namedBy;
    /** Written under this object's lock. */
    private volatile OutlierState outlier = OutlierState.NEW;

    Target(Candidate candidate, BalanceSettings settings) {
        this.identity = candidate.identity();
        this.cluster = candidate.cluster();
        this.address = new InetSocketAddress(candidate.address(), candidate.port());
        this.host = candidate.address();
        this.identityHash = Hashing.of(identity, 0);
        this.weight = candidate.weight();
        this.decayNanos = settings.ewmaDecay().toNanos();
        this.outlierSettings = settings.outlier();
        this.slowStart = settings.slowStart();
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

    /** {@code address:port} as {@link Candidate#authority()} spells it. */
    String authority() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    public int weight() {
        return weight;
    }

    /** Ten times the weight, or less while it starts slowly. */
    public int share() {
        return weight * tenths;
    }

    /** A connection goes here; counts as open from now on. */
    public void opened() {
        picks.increment();
        open.incrementAndGet();
        moved(1);
    }

    /** A connection that was {@link #opened()} has ended. */
    public void closed() {
        open.decrementAndGet();
        moved(-1);
    }

    /**
     * It could not be connected to, or reset a connection on which it had not answered.
     *
     * @return whether it has done so often enough in a row to be ejected
     */
    public synchronized boolean failed() {
        failures.increment();
        outlier = outlier.failed(outlierSettings);
        return outlier.due(outlierSettings);
    }

    /** A first byte came, or an end in good order: its failures in a row are over. */
    public void answered() {
        if (outlier.failures() > 0) { // hardly ever: then nothing is locked
            synchronized (this) {
                outlier = outlier.answered();
            }
        }
    }

    /**
     * Puts it out of choice.
     *
     * @return for how long, in nanoseconds
     */
    public synchronized long eject(long nowNanos) {
        ejections.increment();
        outlier = outlier.eject(nowNanos, outlierSettings);
        return outlier.atNanos() - nowNanos;
    }

    /** Puts it back in choice when its time out is over; slowly. */
    public synchronized void comeBack(long nowNanos) {
        if (outlier.over(nowNanos)) {
            outlier = outlier.comeBack(nowNanos, outlierSettings);
            startSlowly(nowNanos);
        }
    }

    /** It has come into choice: its weight grows from a tenth. */
    public synchronized void startSlowly(long nowNanos) {
        startedNanos = nowNanos;
        tenths = slowStart.tenths(0);
        moved(0);
    }

    /** Whether its weight is whole and it is not ejected: then no time will change it. */
    public boolean settled() {
        return tenths == SlowStart.WHOLE && !outlier.ejected();
    }

    /** Gives it the weight that is due now. */
    public synchronized void warmUp(long nowNanos) {
        if (tenths < SlowStart.WHOLE) {
            tenths = slowStart.tenths(nowNanos - startedNanos);
            moved(0);
        }
    }

    /** When it is to {@link #comeBack} or to {@link #warmUp} next, from now (nanoseconds, from 1); 0 for not at all. */
    public synchronized long dueIn(long nowNanos) {
        if (outlier.ejected()) {
            return Math.max(1, outlier.atNanos() - nowNanos);
        }
        long step = slowStart.stepNanos();
        return tenths == SlowStart.WHOLE || step == 0 ? 0 : Math.max(1, startedNanos + tenths * step - nowNanos);
    }

    /** Whether it is out of choice for its failures. */
    public boolean ejected() {
        return outlier.ejected();
    }

    /** Whether checks have found it dead. */
    public boolean dead() {
        return dead;
    }

    /** What checks have found. */
    public void found(boolean isDead) {
        dead = isDead;
    }

    /** Whether it is neither ejected nor dead. */
    public boolean usable() {
        return !dead && !outlier.ejected();
    }

    /** So many bytes came from a client for it. */
    public void sent(int bytes) {
        bytesTo.add(bytes);
    }

    /** So many bytes came from it. */
    public void received(int bytes) {
        bytesFrom.add(bytes);
    }

    public long bytesTo() {
        return bytesTo.sum();
    }

    public long bytesFrom() {
        return bytesFrom.sum();
    }

    public long ejections() {
        return ejections.sum();
    }

    /** It took that long to answer. */
    public void latency(long tookNanos, long nowNanos) {
        double now = nowNanos / decayNanos;
        latency = PeakEwma.after(latency, lastLatency, tookNanos, now);
        lastLatency = now;
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

    /** Whether one more costs at most as much here as there, by latency and open connections. */
    boolean costsAtMost(Target other, long nowNanos) {
        double ratio = PeakEwma.ratio(latency, other.latency, nowNanos / decayNanos);
        return ratio * (open() + 1) * other.share() <= (other.open() + 1.0) * share();
    }

    /** The update of its pool which named it last, with the weight that it has from now on. */
    void named(long byUpdate, int withWeight) {
        namedBy = byUpdate;
        if (weight != withWeight) {
            weight = withWeight;
            moved(0);
        }
    }

    long namedBy() {
        return namedBy;
    }

    /** Where it tells of its load from now on. */
    void sit(Seat at) {
        seat = at;
    }

    private void moved(int opened) {
        Seat at = seat;
        if (at != null) {
            at.moved(opened);
        }
    }
}
