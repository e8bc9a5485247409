package dev.weft.api.guard;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many connections clients have open, in all and by address, so that one address cannot take the places of all others. Of
 * an IPv6 address only the network counts, since whoever has one has 2^64. Safe for many threads.
 */
public final class ConnectionPlaces {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionPlaces.class);
    private static final int IPV6_BYTES = 16;
    private static final int NETWORK_BYTES = 8;

    /** Addresses of which it is remembered that they were complained of. */
    private static final int COMPLAINTS = 1_024;

    private static final long BETWEEN_COMPLAINTS_SECONDS = 60;

    private final int most;
    private final Set<InetAddress> unbounded;
    private final InstantSource clock;
    private final Map<InetAddress, Integer> open = new HashMap<>();
    private final Map<InetAddress, Instant> complaints = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, Instant> eldest) {
            return size() > COMPLAINTS;
        }
    };
    private int all;
    private long refused;

    /**
     * No connections yet.
     *
     * @param most of one address
     * @param unbounded addresses that may have any number
     */
    public ConnectionPlaces(int most, Set<InetAddress> unbounded, InstantSource clock) {
        this.most = most;
        this.unbounded = Set.copyOf(unbounded);
        this.clock = clock;
    }

    /** Takes a place for a connection; whoever gets one gives it back by {@link #left}. */
    public synchronized boolean enter(InetAddress client) {
        InetAddress address = counted(client);
        int there = open.getOrDefault(address, 0);
        if (there >= most && !unbounded.contains(client)) {
            refused++;
            complain(address);
            return false;
        }
        open.put(address, there + 1);
        all++;
        return true;
    }

    /** The end of a connection that had a place. */
    public synchronized void left(InetAddress client) {
        open.computeIfPresent(counted(client), (same, count) -> count == 1 ? null : count - 1);
        all--;
    }

    /** Connections that are open. */
    public synchronized int open() {
        return all;
    }

    /** Connections that were refused, since the start. */
    public synchronized long refused() {
        return refused;
    }

    private void complain(InetAddress address) {
        Instant now = clock.instant();
        Instant last = complaints.get(address);
        if (last == null || now.isAfter(last.plusSeconds(BETWEEN_COMPLAINTS_SECONDS))) {
            complaints.remove(address);
            complaints.put(address, now);
            LOG.warn(
                    "{} has {} connections to the API, as many as an address may have; further ones are refused"
                            + " (weft.api.connections.max-of-an-address)",
                    address.getHostAddress(),
                    most);
        }
    }

    private static InetAddress counted(InetAddress client) {
        byte[] bytes = client.getAddress();
        if (bytes.length != IPV6_BYTES) {
            return client;
        }
        Arrays.fill(bytes, NETWORK_BYTES, IPV6_BYTES, (byte) 0);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of 16 bytes that is none", e);
        }
    }
}
