package dev.weft.proxy.nftables;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Whether this process may program the kernel; a look that starts nothing. */
final class Capability {
    /** CAP_NET_ADMIN, of Linux's capability.h. */
    private static final int NET_ADMIN = 12;

    private static final String EFFECTIVE = "CapEff:";

    private Capability() {}

    /**
     * What is missing, as a sentence.
     *
     * @param status the file that Linux keeps of the process, {@code /proc/self/status}
     * @return null when nothing is
     */
    static @Nullable String missing(Path status, Commands commands) {
        String text;
        try {
            text = Files.readString(status);
        } catch (IOException e) {
            return "this is not Linux";
        }
        if (!netAdmin(text)) {
            return "the process lacks CAP_NET_ADMIN (run it as root, or give it that capability)";
        }
        return commands.has("nft") ? null : "there is no command nft (Debian's package nftables)";
    }

    /** Whether rules may stand in the kernel that a process with the right has left, and this one cannot look for. */
    static boolean cannotLook(Path status, Commands commands) {
        return commands.has("nft") && Files.isReadable(status) && !mayChangeNetwork(status);
    }

    /** Whether a process has CAP_NET_ADMIN. */
    static boolean mayChangeNetwork(Path status) {
        try {
            return netAdmin(Files.readString(status));
        } catch (IOException e) {
            return false;
        }
    }

    /** Reads the effective capabilities out of that file. */
    static boolean netAdmin(String status) {
        return status.lines()
                .filter(line -> line.startsWith(EFFECTIVE))
                .map(line -> line.substring(EFFECTIVE.length()).strip())
                .anyMatch(mask ->
                        mask.matches("[0-9a-f]{1,16}") && ((Long.parseUnsignedLong(mask, 16) >>> NET_ADMIN) & 1) == 1);
    }
}
