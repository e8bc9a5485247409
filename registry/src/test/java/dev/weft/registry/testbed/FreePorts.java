package dev.weft.registry.testbed;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers that a test starts some time after it has chosen them: below those that the kernel lends to
 * connections and to sockets that ask for any port, and below node ports, so that nobody comes upon one of them meanwhile.
 */
public final class FreePorts {
    private static final int LEAST = 12_000;
    private static final int BOUND = 30_000;
    private static final int TRIES = 200;

    private FreePorts() {}

    /** A port of a local address on which nobody listens. */
    public static int at(String address) {
        return row(address, 1);
    }

    /** The first of several ports in a row on which nobody listens. */
    public static int row(String address, int count) {
        for (int i = 0; i < TRIES; i++) {
            int first = ThreadLocalRandom.current().nextInt(LEAST, BOUND - count);
            if (allFree(address, first, count)) {
                return first;
            }
        }
        throw new IllegalStateException("no " + count + " free ports in a row at " + address);
    }

    private static boolean allFree(String address, int first, int count) {
        for (int port = first; port < first + count; port++) {
            if (!isFree(address, port)) {
                return false;
            }
        }
        return true;
    }

    @SuppressWarnings("AddressSelection") // a literal address has no alternatives
    private static boolean isFree(String address, int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(address, port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
