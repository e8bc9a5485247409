package dev.weft.registry.resource;

import java.util.List;
import java.util.Optional;

/** Addresses that clients are sent to: they must lead somewhere, and to the same place from everywhere. */
final class Addresses {
    private Addresses() {}

    /**
     * Says what is wrong with an address.
     *
     * @param loopback whether loopback addresses are sound, which they are where the whole cluster lives on one machine
     */
    static void validate(String ip, String path, boolean loopback, List<FieldError> faults) {
        Optional<IpAddress> parsed = IpAddress.parse(ip);
        if (parsed.isEmpty()) {
            faults.add(FieldError.invalid(path, ip, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"));
            return;
        }
        IpAddress address = parsed.get();
        if (address.isUnspecified()) {
            faults.add(FieldError.invalid(path, ip, "may not be unspecified (" + ip + ")"));
        }
        if (address.isLoopback() && !loopback) {
            faults.add(FieldError.invalid(path, ip, "may not be in the loopback range (127.0.0.0/8, ::1/128)"));
        }
        if (address.isLinkLocal()) {
            faults.add(FieldError.invalid(path, ip, "may not be in the link-local range (169.254.0.0/16, fe80::/10)"));
        }
        if (address.isLinkLocalMulticast()) {
            faults.add(FieldError.invalid(
                    path, ip, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"));
        }
    }
}
