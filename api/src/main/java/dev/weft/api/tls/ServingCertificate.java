package dev.weft.api.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;

/** Where the certificate comes from that a server shows. */
@FunctionalInterface
public interface ServingCertificate {
    /**
     * The certificate to show from now on: the same as before, or a newer one. May block.
     *
     * @throws IOException where it cannot be had, in a sentence
     * @throws GeneralSecurityException where it is of no use, in a sentence
     */
    KeyMaterial current() throws IOException, GeneralSecurityException;
}
