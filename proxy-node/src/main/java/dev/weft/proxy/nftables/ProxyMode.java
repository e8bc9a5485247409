package dev.weft.proxy.nftables;

import java.util.Locale;
import java.util.Optional;

/** How a node, or one service, is to be served. */
public enum ProxyMode {
    /** In the kernel where that can do it and this process may program it; else by listeners. */
    AUTO,
    /** By listeners only. */
    USERSPACE,
    /** As {@link #AUTO}, but it is worth a warning where it cannot be had. */
    NFTABLES;

    /** As it stands in configuration and annotations. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Empty for a name that is none of them. */
    public static Optional<ProxyMode> named(String label) {
        for (ProxyMode mode : values()) {
            if (mode.label().equals(label)) {
                return Optional.of(mode);
            }
        }
        return Optional.empty();
    }
}
