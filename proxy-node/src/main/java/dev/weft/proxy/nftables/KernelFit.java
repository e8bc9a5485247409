package dev.weft.proxy.nftables;

import dev.weft.proxy.balance.Algorithm;
import dev.weft.proxy.view.ServiceEntry;
import dev.weft.proxy.view.ServicePicture;
import dev.weft.proxy.view.ServicePort;
import dev.weft.proxy.view.Slice;
import dev.weft.proxy.view.SliceEndpoint;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether the kernel can serve a service; pure. */
final class KernelFit {
    /** What may stand in a script for the kernel; everything that an API server admits is made of these. */
    private static final String NAME = "[A-Za-z0-9.-]{0,63}";

    /** Annotations below {@code mesh.weft.dev/} that the data plane alone heeds. */
    private static final List<String> USERSPACE_ONLY =
            List.of("locality", "max-connections", "max-connections-by-endpoint", "idle-timeout", "data-path-check");

    private KernelFit() {}

    /**
     * What keeps a service with addresses out of the kernel, as a sentence to be read after its name.
     *
     * @param defaultAlgorithm for services that name none
     * @return null when nothing does
     */
    static @Nullable String obstacle(ServicePicture picture, Algorithm defaultAlgorithm) {
        ServiceEntry entry = picture.entry();
        if (entry == null) {
            return "is not declared";
        }
        if (ProxyMode.USERSPACE.label().equals(entry.mode())) {
            return "asks for userspace by its annotation mesh.weft.dev/mode";
        }
        Algorithm algorithm = algorithm(entry, defaultAlgorithm);
        if (!Rotation.knows(algorithm)) {
            return "uses " + algorithm.label() + ", which the kernel has no means for";
        }
        for (String wish : USERSPACE_ONLY) {
            if (!entry.annotation(wish).isEmpty()) {
                return "asks by its annotation mesh.weft.dev/" + wish + " for what the kernel has no means for";
            }
        }
        String address = addressObstacle(entry);
        return address != null ? address : namesAreSafe(entry) ? endpointObstacle(picture) : "has an unusual name";
    }

    /** What a service asks for, or the default where that is unknown. */
    static Algorithm algorithm(ServiceEntry entry, Algorithm defaultAlgorithm) {
        String name = entry.algorithm();
        return name == null ? defaultAlgorithm : Algorithm.named(name).orElse(defaultAlgorithm);
    }

    private static @Nullable String addressObstacle(ServiceEntry entry) {
        List<String> addresses = new ArrayList<>(entry.virtualAddresses());
        addresses.addAll(entry.externalAddresses());
        for (String address : addresses) {
            if (Family.parse(address) == null) {
                return "has " + address.length() + " characters for an address that are none";
            }
            if (Family.loopback(address) || Family.wildcard(address)) {
                return "has the address " + address + ", which the kernel does not lead off the loopback interface";
            }
        }
        return null;
    }

    /** A packet that came from elsewhere is not let through to a loopback address. */
    private static @Nullable String endpointObstacle(ServicePicture picture) {
        for (Slice slice : picture.slices().values()) {
            for (SliceEndpoint endpoint : slice.endpoints()) {
                if (Family.loopback(endpoint.address())) {
                    return "has the endpoint " + endpoint.address()
                            + ", which the kernel does not lead other hosts' packets to";
                }
            }
        }
        return null;
    }

    private static boolean namesAreSafe(ServiceEntry entry) {
        return entry.key().namespace().matches(NAME)
                && entry.key().name().matches(NAME)
                && entry.ports().stream().map(ServicePort::name).allMatch(name -> name.matches(NAME));
    }
}
