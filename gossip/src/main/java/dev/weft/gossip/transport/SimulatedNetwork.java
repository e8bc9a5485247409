package dev.weft.gossip.transport;

import dev.weft.gossip.member.NodeAddress;
import dev.weft.gossip.trust.PeerIdentity;
import dev.weft.gossip.wire.GossipCodec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A network in virtual time, the same for the same seed: frames take a random time (and so overtake each other), wait for a
 * link of little bandwidth, get lost, come twice, or meet a one-way cut. Also the clock and the timer of those who live in it. For one thread.
 */
public final class SimulatedNetwork implements InstantSource {
    private record Due(long nanos, long order, Runnable action) {}

    private record Way(NodeAddress from, NodeAddress to) {}

    private final GossipCodec codec;
    private final RandomGenerator random;
    private final Instant epoch;
    private final Map<NodeAddress, SimulatedPeers> members = new HashMap<>();
    private final Set<Way> cuts = new HashSet<>();
    private final PriorityQueue<Due> schedule =
            new PriorityQueue<>(Comparator.comparingLong(Due::nanos).thenComparingLong(Due::order));
    private Duration shortest = Duration.ofMillis(1);
    private Duration longest = Duration.ofMillis(1);
    private final Map<Way, Long> busyUntil = new HashMap<>();
    private long bandwidth;
    private double loss;
    private double duplication;
    private long nowNanos;
    private long order;
    private long sentBytes;

    public SimulatedNetwork(GossipCodec codec, RandomGenerator random, Instant epoch) {
        this.codec = codec;
        this.random = random;
        this.epoch = epoch;
    }

    /** A process at an address, in plain text; replaces one that was there. */
    public SimulatedPeers join(NodeAddress address) {
        return join(address, null);
    }

    /** The same for a process that proves who it is, as by a certificate. */
    public SimulatedPeers join(NodeAddress address, @Nullable PeerIdentity identity) {
        SimulatedPeers peers = new SimulatedPeers(this, address, identity);
        members.put(address, peers);
        return peers;
    }

    /** How long a frame takes, one way. */
    public void delay(Duration least, Duration most) {
        shortest = least;
        longest = most;
    }

    /** Which share of frames is lost, and which comes twice; 0 to 1. */
    public void faults(double lost, double doubled) {
        loss = lost;
        duplication = doubled;
    }

    /** How many bytes a second each direction between two processes carries, one frame after the other; 0: any number. */
    public void bandwidth(long bytesPerSecond) {
        bandwidth = bytesPerSecond;
    }

    /** From now on frames in this direction are lost; links stay. */
    public void cut(NodeAddress from, NodeAddress to) {
        cuts.add(new Way(from, to));
    }

    /** Ends a cut. */
    public void heal(NodeAddress from, NodeAddress to) {
        cuts.remove(new Way(from, to));
    }

    /** How many bytes were sent by all so far, lost ones included. */
    public long sentBytes() {
        return sentBytes;
    }

    @Override
    public Instant instant() {
        return epoch.plusNanos(nowNanos);
    }

    /** Does something after a while. */
    public void schedule(Duration after, Runnable action) {
        schedule.add(new Due(nowNanos + after.toNanos(), order++, action));
    }

    /** Lets virtual time pass. */
    public void advance(Duration time) {
        long end = nowNanos + time.toNanos();
        while (true) {
            Due next = schedule.peek();
            if (next == null || next.nanos() > end) {
                break;
            }
            schedule.remove(next);
            nowNanos = next.nanos();
            next.action().run();
        }
        nowNanos = end;
    }

    GossipCodec codec() {
        return codec;
    }

    @Nullable
    SimulatedPeers at(NodeAddress address) {
        return members.get(address);
    }

    void leave(NodeAddress address) {
        members.remove(address);
    }

    void sent(int bytes) {
        sentBytes += bytes;
    }

    boolean cutEitherWay(NodeAddress one, NodeAddress other) {
        return cuts.contains(new Way(one, other)) || cuts.contains(new Way(other, one));
    }

    /** A frame of so many bytes on its way. */
    void transmit(NodeAddress from, NodeAddress to, int bytes, Runnable arrival) {
        Duration sending = sending(new Way(from, to), bytes);
        if (cuts.contains(new Way(from, to)) || random.nextDouble() < loss) {
            return;
        }
        later(from, to, sending, arrival);
        if (random.nextDouble() < duplication) {
            later(from, to, sending, arrival);
        }
    }

    /** How long it takes until a frame has left, after those before it. */
    private Duration sending(Way way, int bytes) {
        if (bandwidth == 0) {
            return Duration.ZERO;
        }
        long begins = Math.max(nowNanos, busyUntil.getOrDefault(way, 0L));
        long ends = begins + bytes * 1_000_000_000L / bandwidth;
        busyUntil.put(way, ends);
        return Duration.ofNanos(ends - nowNanos);
    }

    /** What cannot be lost, e.g. making a connection. */
    void later(NodeAddress from, NodeAddress to, Runnable arrival) {
        later(from, to, Duration.ZERO, arrival);
    }

    private void later(NodeAddress from, NodeAddress to, Duration sending, Runnable arrival) {
        Duration spread = longest.minus(shortest);
        Duration way = from.equals(to) ? Duration.ZERO : shortest.plusNanos(random.nextLong(spread.toNanos() + 1));
        schedule(sending.plus(way), arrival);
    }
}
