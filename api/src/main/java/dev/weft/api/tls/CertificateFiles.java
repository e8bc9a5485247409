package dev.weft.api.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;

/**
 * A certificate that others make and renew: two files in PEM.
 *
 * @param certificates the server's own first, then those between it and the authority
 * @param key not encrypted
 */
public record CertificateFiles(Path certificates, Path key) implements ServingCertificate {
    @Override
    public KeyMaterial current() throws IOException, GeneralSecurityException {
        try {
            return KeyMaterial.ofPem(
                    Files.readString(certificates, StandardCharsets.ISO_8859_1),
                    Files.readString(key, StandardCharsets.ISO_8859_1));
        } catch (GeneralSecurityException e) {
            throw new GeneralSecurityException(certificates + " with " + key + ": " + e.getMessage(), e);
        }
    }
}
