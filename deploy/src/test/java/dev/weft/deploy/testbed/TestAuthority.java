package dev.weft.deploy.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority of a test's own, with RSA keys, which writes what it signs to files in PEM. */
public final class TestAuthority {
    private static final int KEY_BITS = 2048;

    private final Path directory;
    private final X500Name name;
    private final KeyPair keys;
    private final Path certificate;
    private int serial = 1;

    /** @param directory where its files go; made if it is not there */
    public TestAuthority(Path directory, String name) {
        this.directory = directory;
        this.name = new X500Name("CN=" + name);
        try {
            Files.createDirectories(directory);
            keys = pair();
            certificate = write(
                    "ca.crt",
                    "CERTIFICATE",
                    signed(this.name, keys, "", Duration.ofDays(1)).getEncoded());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Files of one holder. */
    public record Keys(Path certificate, Path key, Path authority) {
        /** As flags of a server. */
        public String[] flags() {
            return new String[] {
                "--akka-tls-cert", certificate.toString(),
                "--akka-tls-key", key.toString(),
                "--akka-tls-ca", authority.toString()
            };
        }
    }

    /** Signs a new key. */
    public Keys issue(String file, String commonName) {
        return issue(file, commonName, "127.0.0.1");
    }

    /** Signs a new key for whoever listens at an address. */
    public Keys issue(String file, String commonName, String address) {
        return issue(file, commonName, address, Duration.ofDays(1));
    }

    /** Signs a new key with a certificate that expired a minute ago. */
    public Keys issueExpired(String file, String commonName) {
        return issue(file, commonName, "127.0.0.1", Duration.ofMinutes(-1));
    }

    private Keys issue(String file, String commonName, String address, Duration lasts) {
        try {
            KeyPair own = pair();
            return new Keys(
                    write(
                            file + ".crt",
                            "CERTIFICATE",
                            signed(new X500Name("CN=" + commonName), own, address, lasts)
                                    .getEncoded()),
                    write(file + ".key", "PRIVATE KEY", own.getPrivate().getEncoded()),
                    certificate);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param address where the holder listens; empty for the authority itself */
    private X509CertificateHolder signed(X500Name subject, KeyPair holder, String address, Duration lasts) {
        Instant now = Instant.now();
        try {
            JcaX509v3CertificateBuilder certificate = new JcaX509v3CertificateBuilder(
                    name,
                    BigInteger.valueOf(serial++),
                    Date.from(now.minus(Duration.ofHours(1))),
                    Date.from(now.plus(lasts)),
                    subject,
                    holder.getPublic());
            certificate.addExtension(Extension.basicConstraints, true, new BasicConstraints(address.isEmpty()));
            if (!address.isEmpty()) {
                certificate.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(new GeneralName(GeneralName.iPAddress, address)));
            }
            return certificate.build(new JcaContentSignerBuilder("SHA256withRSA").build(keys.getPrivate()));
        } catch (CertIOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair pair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(KEY_BITS);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path write(String file, String what, byte[] content) throws IOException {
        return Files.writeString(
                directory.resolve(file),
                "-----BEGIN " + what + "-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content) + "\n-----END " + what
                        + "-----\n");
    }
}
