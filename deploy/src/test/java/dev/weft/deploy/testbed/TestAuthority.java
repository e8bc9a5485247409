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
            certificate =
                    write("ca.crt", "CERTIFICATE", signed(this.name, keys, true).getEncoded());
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
        try {
            KeyPair own = pair();
            return new Keys(
                    write(
                            file + ".crt",
                            "CERTIFICATE",
                            signed(new X500Name("CN=" + commonName), own, false).getEncoded()),
                    write(file + ".key", "PRIVATE KEY", own.getPrivate().getEncoded()),
                    certificate);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private X509CertificateHolder signed(X500Name subject, KeyPair holder, boolean authority) {
        Instant now = Instant.now();
        try {
            return new JcaX509v3CertificateBuilder(
                            name,
                            BigInteger.valueOf(serial++),
                            Date.from(now.minus(Duration.ofHours(1))),
                            Date.from(now.plus(Duration.ofDays(1))),
                            subject,
                            holder.getPublic())
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(authority))
                    .build(new JcaContentSignerBuilder("SHA256withRSA").build(keys.getPrivate()));
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
