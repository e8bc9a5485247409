package dev.weft.proxy.hostaddress;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * From which of its addresses this host comes to the addresses that are put on it. Without one it would come from each as
 * from that address itself, so that all hosts look like one client. Safe for several threads.
 */
public final class OwnAddresses {
    private final List<String> preferred;
    private final Supplier<List<String>> present;

    /** @param nodeAddresses those that are configured, the preferred first */
    public OwnAddresses(List<String> nodeAddresses) {
        this(nodeAddresses, OwnAddresses::ofInterfaces);
    }

    /** @param present what the host has at this moment, but for what its loopback interface has */
    OwnAddresses(List<String> nodeAddresses, Supplier<List<String>> present) {
        this.preferred = nodeAddresses.stream().map(WantedAddresses::spelled).toList();
        this.present = present;
    }

    /**
     * What the host has now; asks the system.
     *
     * @param put what services have, which on an interface too is not this host's alone unless it is configured
     */
    Sources now(Set<String> put) {
        List<String> here = present.get().stream()
                .map(WantedAddresses::spelled)
                .filter(address -> !address.isEmpty())
                .toList();
        List<String> candidates = new ArrayList<>(preferred);
        candidates.retainAll(here);
        here.stream().filter(address -> !put.contains(address)).forEach(candidates::add);
        return new Sources(first(candidates, false), first(candidates, true));
    }

    private static String first(List<String> candidates, boolean six) {
        return candidates.stream()
                .filter(address -> six == Sources.isSix(address))
                .findFirst()
                .orElse("");
    }

    private static List<String> ofInterfaces() {
        try {
            List<String> all = new ArrayList<>();
            for (NetworkInterface each : NetworkInterface.networkInterfaces().toList()) {
                if (each.isUp() && !each.isLoopback()) {
                    each.inetAddresses().map(InetAddress::getAddress).forEach(bytes -> all.add(text(bytes)));
                }
            }
            return all;
        } catch (SocketException e) {
            return List.of(); // none is known: as without
        }
    }

    private static String text(byte[] address) {
        return NetUtil.bytesToIpAddress(address);
    }

    /** An address of each family; empty for none. */
    record Sources(String four, String six) {
        static boolean isSix(String address) {
            return address.indexOf(':') >= 0;
        }

        /** Of the family of an address. */
        String towards(String address) {
            return isSix(address) ? six : four;
        }
    }
}
