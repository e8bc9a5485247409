package dev.weft.registry.endpoints;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Names and orders that come out alike on every machine: computed from SHA-256, never from {@code hashCode}. */
public final class StableName {
    /** The letters of Kubernetes' generated names: no vowels, nothing that is easily taken for another letter. */
    private static final String LETTERS = "bcdfghjklmnpqrstvwxz2456789";

    private StableName() {}

    /** A suffix made from a text, at most 32 letters. */
    public static String suffix(String text, int letters) {
        byte[] digest = digest(text);
        StringBuilder suffix = new StringBuilder(letters);
        for (int i = 0; i < letters; i++) {
            suffix.append(LETTERS.charAt((digest[i] & 0xff) % LETTERS.length()));
        }
        return suffix.toString();
    }

    /** SHA-256 of a text. */
    public static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: not available (expected: in every Java runtime)", e);
        }
    }
}
