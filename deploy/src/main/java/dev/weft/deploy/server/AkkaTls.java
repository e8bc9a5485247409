package dev.weft.deploy.server;

import akka.pki.pem.DERPrivateKeyLoader;
import akka.pki.pem.PEMDecoder;
import akka.pki.pem.PEMLoadingException;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.weft.deploy.terminal.CommandFailed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * With what the processes of one cluster prove themselves to each other: mutual TLS, both sides with a certificate of the same
 * authority that share a name. The files are read again while the process runs, so that keys can be replaced.
 *
 * @param certificate of this process, in PEM, signed by the authority itself
 * @param key its RSA key, in PEM, not encrypted
 * @param authority the certificate of the authority, in PEM
 */
public record AkkaTls(Path certificate, Path key, Path authority) {
    private static final String ENGINE = "akka.remote.artery.ssl.rotating-keys-engine.";

    /** @throws CommandFailed as wrong usage, with the first file that does not fit the others */
    public AkkaTls {
        check(certificate, key, authority);
    }

    /**
     * From three flags.
     *
     * @throws CommandFailed as wrong usage, if some are given and others not
     */
    public static Optional<AkkaTls> of(@Nullable Path certificate, @Nullable Path key, @Nullable Path authority) {
        if (certificate == null && key == null && authority == null) {
            return Optional.empty();
        }
        if (certificate == null || key == null || authority == null) {
            throw CommandFailed.usage(
                    "--akka-tls-cert, --akka-tls-key and --akka-tls-ca go together: both sides of each connection show a"
                            + " certificate; give all three");
        }
        return Optional.of(new AkkaTls(certificate.toAbsolutePath(), key.toAbsolutePath(), authority.toAbsolutePath()));
    }

    /** What Akka is told. */
    Config config() {
        return ConfigFactory.parseMap(Map.of(
                "akka.remote.artery.transport",
                "tls-tcp",
                "akka.remote.artery.ssl.ssl-engine-provider",
                ToldTls.class.getName(),
                ENGINE + "cert-file",
                certificate.toString(),
                ENGINE + "key-file",
                key.toString(),
                ENGINE + "ca-cert-file",
                authority.toString()));
    }

    private static void check(Path certificate, Path key, Path authority) {
        X509Certificate own = certificate("--akka-tls-cert", certificate);
        X509Certificate issuer = certificate("--akka-tls-ca", authority);
        checkValid("--akka-tls-cert", certificate, own);
        checkValid("--akka-tls-ca", authority, issuer);
        if (!(privateKey(key) instanceof RSAPrivateKey secret)
                || !(own.getPublicKey() instanceof RSAPublicKey open)
                || !secret.getModulus().equals(open.getModulus())) {
            throw CommandFailed.usage("--akka-tls-key " + key + ": it is not the RSA key of the certificate in "
                    + certificate + "; give the key that belongs to it");
        }
        try {
            own.verify(issuer.getPublicKey());
        } catch (GeneralSecurityException e) {
            throw CommandFailed.usage("--akka-tls-ca " + authority + ": its certificate did not sign the one in "
                    + certificate + "; give the authority's own, without others in between");
        }
    }

    private static void checkValid(String flag, Path file, X509Certificate certificate) {
        try {
            certificate.checkValidity();
        } catch (CertificateExpiredException e) {
            throw CommandFailed.usage(flag + " " + file + ": its certificate expired at "
                    + certificate.getNotAfter().toInstant() + "; give one that is valid");
        } catch (CertificateNotYetValidException e) {
            throw CommandFailed.usage(flag + " " + file + ": its certificate is valid from "
                    + certificate.getNotBefore().toInstant() + " on; is the clock right?");
        }
    }

    private static X509Certificate certificate(String flag, Path file) {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw unreadable(flag, file);
        } catch (GeneralSecurityException e) {
            throw CommandFailed.usage(flag + " " + file + ": there is no certificate in PEM in it");
        }
    }

    private static PrivateKey privateKey(Path file) {
        try {
            return DERPrivateKeyLoader.load(PEMDecoder.decode(Files.readString(file)));
        } catch (IOException e) {
            throw unreadable("--akka-tls-key", file);
        } catch (PEMLoadingException e) {
            throw CommandFailed.usage(
                    "--akka-tls-key " + file + ": there is no RSA key in PEM in it that is not encrypted");
        }
    }

    private static CommandFailed unreadable(String flag, Path file) {
        return CommandFailed.usage(flag + " " + file + ": there is no such file, or it cannot be read");
    }
}
