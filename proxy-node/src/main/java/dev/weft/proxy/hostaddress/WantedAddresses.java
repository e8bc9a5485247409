package dev.weft.proxy.hostaddress;

import dev.weft.proxy.view.ServiceEntry;
import dev.weft.proxy.view.ServiceKey;
import dev.weft.proxy.view.ServicePicture;
import dev.weft.proxy.view.ViewUpdate;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Which addresses the services want on this host; pure, for one thread. */
final class WantedAddresses {
    private final Predicate<ServicePicture> listening;
    private final Map<ServiceKey, Set<String>> byService = new HashMap<>();
    private Set<String> abandoned = new HashSet<>();

    /** @param listening whether listeners serve a service, which can bind only what is on the host */
    WantedAddresses(Predicate<ServicePicture> listening) {
        this.listening = listening;
    }

    /** Takes in a picture. Says whether anything differs. */
    boolean apply(ViewUpdate update) {
        Set<ServiceKey> touched = new HashSet<>(update.touched());
        boolean differs = false;
        if (update.complete()) {
            touched.addAll(byService.keySet());
        }
        for (ServiceKey key : touched) {
            ServicePicture picture = update.view().get(key);
            ServiceEntry entry = picture == null ? null : picture.entry();
            Set<String> now = entry == null || picture == null ? Set.of() : of(picture, entry);
            Set<String> before = now.isEmpty() ? byService.remove(key) : byService.put(key, now);
            differs |= !now.equals(before == null ? Set.of() : before);
            if (before != null) {
                Set<String> kept = new HashSet<>(before);
                if (!now.isEmpty() && entry != null) {
                    kept.retainAll(spelled(entry.virtualAddresses()));
                }
                kept.removeAll(now);
                abandoned.addAll(kept);
            }
        }
        return differs;
    }

    /** In one spelling each, sorted. */
    Set<String> all() {
        Set<String> all = new TreeSet<>();
        byService.values().forEach(all::addAll);
        return all;
    }

    /** Those of these services alone, in one spelling each. */
    Set<String> of(Set<ServiceKey> services) {
        Set<String> of = new HashSet<>();
        services.forEach(service -> of.addAll(byService.getOrDefault(service, Set.of())));
        return of;
    }

    /**
     * Addresses that no service wants since the last call, of services that are gone or that the kernel has taken over from
     * listeners: connections that came by those may run on.
     */
    Set<String> takeAbandoned() {
        Set<String> taken = abandoned;
        abandoned = new HashSet<>();
        taken.removeAll(all());
        return taken;
    }

    private Set<String> of(ServicePicture picture, ServiceEntry entry) {
        if (entry.ports().isEmpty()) {
            return Set.of();
        }
        Set<String> wanted = new HashSet<>(spelled(entry.balancerAddresses()));
        if (listening.test(picture)) {
            wanted.addAll(spelled(entry.virtualAddresses()));
        }
        return Set.copyOf(wanted);
    }

    private static List<String> spelled(List<String> addresses) {
        return addresses.stream()
                .map(WantedAddresses::spelled)
                .filter(address -> !address.isEmpty())
                .toList();
    }

    /** As {@code ip} prints it; empty for what cannot be put anywhere, or is on every host. */
    static String spelled(String text) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
        try {
            InetAddress address = bytes == null ? null : InetAddress.getByAddress(bytes);
            boolean usable = address != null
                    && !address.isLoopbackAddress()
                    && !address.isAnyLocalAddress()
                    && !address.isMulticastAddress()
                    && !address.isLinkLocalAddress();
            return usable ? NetUtil.toAddressString(address) : "";
        } catch (UnknownHostException e) {
            return "";
        }
    }
}
