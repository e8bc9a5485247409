package dev.weft.api.tls;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a cluster's API is trusted by, alike in all its processes.
 *
 * @param authority signs certificates of servers and clients
 * @param tokens signs tokens of service accounts
 */
public record ClusterKeys(KeyMaterial authority, KeyMaterial tokens) {
    /** Names of the four parts, as files and as entries of a Secret. */
    static final List<String> PARTS = List.of("ca.crt", "ca.key", "tokens.crt", "tokens.key");

    private static final Duration VALIDITY = Duration.ofDays(3_650);

    /** New keys, good for ten years. */
    public static ClusterKeys create(String cluster, Instant now, SecureRandom chance) {
        return new ClusterKeys(
                CertificateAuthority.create(cluster, now, VALIDITY, chance).material(),
                CertificateAuthority.create(cluster, now, VALIDITY, chance).material());
    }

    /** All four parts in PEM, by their names. Who has them can be anyone. */
    public Map<String, String> toPem() {
        return Map.of(
                PARTS.get(0), authority.certificatesPem(),
                PARTS.get(1), authority.keyPem(),
                PARTS.get(2), tokens.certificatesPem(),
                PARTS.get(3), tokens.keyPem());
    }

    /**
     * Reads what {@link #toPem} wrote.
     *
     * @throws GeneralSecurityException where a part is missing or damaged, in a sentence
     */
    public static ClusterKeys ofPem(Map<String, String> parts) throws GeneralSecurityException {
        for (String part : PARTS) {
            if (!parts.containsKey(part)) {
                throw new GeneralSecurityException(part + " is missing (expected: all of " + PARTS + ")");
            }
        }
        return new ClusterKeys(
                KeyMaterial.ofPem(part(parts, 0), part(parts, 1)), KeyMaterial.ofPem(part(parts, 2), part(parts, 3)));
    }

    private static String part(Map<String, String> parts, int index) {
        return parts.getOrDefault(PARTS.get(index), "");
    }
}
