package dev.weft.proxy.nftables;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** The first bytes of SHA-256 over lines of text: the same in every process. */
final class Fingerprint {
    private static final int BYTES = 8;

    private Fingerprint() {}

    /** 16 hexadecimal digits. */
    static String of(List<String> lines) {
        return HexFormat.of().formatHex(digest(lines), 0, BYTES);
    }

    /** A number from the same digest. */
    static int number(List<String> lines) {
        return ByteBuffer.wrap(digest(lines)).getInt();
    }

    private static byte[] digest(List<String> lines) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            lines.forEach(line -> digest.update((line + "\n").getBytes(StandardCharsets.UTF_8)));
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
