package dev.weft.api.tls;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * A private key with the certificates that go with it.
 *
 * @param chain the key's own certificate first
 */
public record KeyMaterial(PrivateKey key, List<X509Certificate> chain) {
    private static final byte[] PROBE = "weft".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    public KeyMaterial {
        chain = List.copyOf(chain);
    }

    /** The key's own certificate. */
    public X509Certificate certificate() {
        return chain.get(0);
    }

    /**
     * Reads two texts in PEM: certificates, and a key that is not encrypted (PKCS #8, or the older forms of EC and RSA).
     *
     * @throws GeneralSecurityException where they are no such things or do not fit each other, in a sentence
     */
    public static KeyMaterial ofPem(String certificates, String key) throws GeneralSecurityException {
        List<X509Certificate> chain = certificates(certificates);
        if (chain.isEmpty()) {
            throw new GeneralSecurityException("no certificate in PEM found");
        }
        KeyMaterial material = new KeyMaterial(key(key), chain);
        if (!material.fits()) {
            throw new GeneralSecurityException(
                    "the key is not that of the certificate of " + chain.get(0).getSubjectX500Principal());
        }
        return material;
    }

    /** All certificates of a text in PEM. */
    public static List<X509Certificate> certificates(String pem) throws GeneralSecurityException {
        List<X509Certificate> found = new ArrayList<>();
        JcaX509CertificateConverter converter = new JcaX509CertificateConverter();
        for (Object each : objects(pem)) {
            if (each instanceof X509CertificateHolder certificate) {
                found.add(converter.getCertificate(certificate));
            }
        }
        return found;
    }

    private static PrivateKey key(String pem) throws GeneralSecurityException {
        try {
            for (Object each : objects(pem)) {
                if (each instanceof PrivateKeyInfo key) {
                    return new JcaPEMKeyConverter().getPrivateKey(key);
                }
                if (each instanceof PEMKeyPair pair) {
                    return new JcaPEMKeyConverter().getPrivateKey(pair.getPrivateKeyInfo());
                }
            }
        } catch (IOException e) {
            throw new GeneralSecurityException("a key that cannot be read: " + e.getMessage(), e);
        }
        throw new GeneralSecurityException("no unencrypted private key in PEM found");
    }

    private static List<Object> objects(String pem) throws GeneralSecurityException {
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            List<Object> all = new ArrayList<>();
            for (Object next = parser.readObject(); next != null; next = parser.readObject()) {
                all.add(next);
            }
            return all;
        } catch (IOException | RuntimeException e) {
            throw new GeneralSecurityException("not PEM: " + e.getMessage(), e);
        }
    }

    private boolean fits() throws GeneralSecurityException {
        PublicKey open = certificate().getPublicKey();
        String algorithm = switch (open.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            case "EdDSA" -> "EdDSA";
            default ->
                throw new GeneralSecurityException(
                        "a key of kind " + open.getAlgorithm() + " (expected: EC, RSA or Ed25519)");
        };
        boolean same = key.getAlgorithm().equals(open.getAlgorithm())
                || (key.getAlgorithm().equals("ECDSA") && open.getAlgorithm().equals("EC"));
        if (!same) {
            return false;
        }
        Signature signing = Signature.getInstance(algorithm);
        signing.initSign(key);
        signing.update(PROBE);
        byte[] signature = signing.sign();
        signing.initVerify(open);
        signing.update(PROBE);
        return signing.verify(signature);
    }

    /** The certificates in PEM. */
    public String certificatesPem() {
        StringBuilder all = new StringBuilder();
        try {
            for (X509Certificate each : chain) {
                all.append(pem("CERTIFICATE", each.getEncoded()));
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate that cannot be written", e);
        }
        return all.toString();
    }

    /** The key in PEM, as PKCS #8, not encrypted. */
    public String keyPem() {
        return pem("PRIVATE KEY", key.getEncoded());
    }

    private static String pem(String what, byte[] content) {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(what, content));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** Says whose certificate it is and nothing of the key. */
    @Override
    public String toString() {
        return "key of " + certificate().getSubjectX500Principal();
    }
}
