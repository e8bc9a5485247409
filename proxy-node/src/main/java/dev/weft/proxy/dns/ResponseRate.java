package dev.weft.proxy.dns;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many answers a network may get over UDP, so that this server is of no use for flooding a forged sender. A fixed
 * table of virtual schedules (GCRA) by /24 or /56, one for all event loops, since a network that sends from many ports is
 * spread over them. A network that finds no free place is let through: there are then more networks than places, each
 * under its rate.
 */
final class ResponseRate {
    /** What may be sent. */
    enum Ruling {
        SEND,
        /** Only that the client should ask over TCP. */
        TRUNCATE,
        NOTHING
    }

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final int WAYS = 4;
    private static final int LOCKS = 64;

    private final long spacingNanos;
    private final int slip;
    private final long[] networks;
    private final long[] schedules;
    private final boolean[] taken;
    private final Object[] locks = new Object[LOCKS];
    private final AtomicLong refused = new AtomicLong();

    /**
     * @param perSecond answers to one network; as many may come at once
     * @param slip every how many refused ones is told to come over TCP; 0 for none
     * @param tableSize networks remembered
     */
    ResponseRate(int perSecond, int slip, int tableSize) {
        this.spacingNanos = NANOS_PER_SECOND / perSecond;
        this.slip = slip;
        int places = Math.max(WAYS, tableSize / WAYS * WAYS);
        this.networks = new long[places];
        this.schedules = new long[places];
        this.taken = new boolean[places];
        Arrays.setAll(locks, i -> new Object());
    }

    /** Counts an answer to the client as sent, if it may be. */
    Ruling rule(InetAddress client, long nanos) {
        long network = networkOf(client);
        int set = (int) Long.remainderUnsigned(network * 0x9E3779B97F4A7C15L, networks.length / WAYS);
        synchronized (locks[set % LOCKS]) {
            return rule(network, set * WAYS, nanos);
        }
    }

    private Ruling rule(long network, int home, long nanos) {
        int free = -1;
        for (int at = home; at < home + WAYS; at++) {
            if (taken[at] && networks[at] == network) {
                return rule(at, nanos);
            }
            if (free < 0 && (!taken[at] || schedules[at] - nanos <= 0)) {
                free = at;
            }
        }
        if (free < 0) {
            return Ruling.SEND;
        }
        taken[free] = true;
        networks[free] = network;
        schedules[free] = nanos;
        return rule(free, nanos);
    }

    private Ruling rule(int at, long nanos) {
        long schedule = schedules[at] - nanos > 0 ? schedules[at] : nanos;
        if (schedule - nanos >= NANOS_PER_SECOND) {
            long count = refused.incrementAndGet();
            return slip > 0 && count % slip == 0 ? Ruling.TRUNCATE : Ruling.NOTHING;
        }
        schedules[at] = schedule + spacingNanos;
        return Ruling.SEND;
    }

    private static long networkOf(InetAddress client) {
        if (client instanceof Inet4Address) {
            return Integer.toUnsignedLong(client.hashCode()) >>> 8; // an IPv4 address hashes to itself; no copy is made
        }
        byte[] address = client.getAddress();
        long network = 1;
        for (int i = 0; i < 7; i++) {
            network = (network << 8) | (address[i] & 0xFF);
        }
        return network;
    }
}
