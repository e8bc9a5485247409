package dev.weft.proxy.dataplane;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells connections of this host and of its Pods from those of others (rule KP-1). For any thread; the host's addresses are
 * as they were at the last {@link #refresh}.
 */
final class OwnSources {
    private static final Logger LOG = LoggerFactory.getLogger(OwnSources.class);

    private final SourceGate pods;
    private final boolean anyPods;
    private volatile Set<InetAddress> host = Set.of();

    /** @param podNetworks networks of Pods of this host, address/length */
    OwnSources(List<String> podNetworks) {
        this.anyPods = !podNetworks.isEmpty();
        this.pods = new SourceGate(podNetworks);
    }

    /** Looks at the host's addresses again; asks the kernel. */
    void refresh() {
        try {
            host = NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .collect(Collectors.toUnmodifiableSet());
        } catch (SocketException e) {
            LOG.warn("the addresses of this host cannot be listed: {}", e.getMessage());
        }
    }

    /**
     * Whether a client is one's own. Who calls an address of this very host without choosing a source gets the same
     * address for one: that is known without a look.
     *
     * @param at where it came in
     */
    boolean contain(@Nullable SocketAddress client, @Nullable SocketAddress at) {
        if (!(client instanceof InetSocketAddress from) || from.isUnresolved()) {
            return false;
        }
        InetAddress address = from.getAddress();
        return address.isLoopbackAddress()
                || (at instanceof InetSocketAddress here && address.equals(here.getAddress()))
                || host.contains(address)
                || (anyPods && pods.admits(client));
    }
}
