package dev.weft.gossip.trust;

import akka.util.ByteString;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.operator.OperatorException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Makes and reads the certificates of links. A cluster's key signs its own authority's certificate and, by that, short-lived
 * ones with a P-256 key each; all name the cluster as {@code spiffe://weft/cluster/NAME}.
 */
public final class Certificates {
    private static final String NAME_PREFIX = "spiffe://weft/cluster/";
    private static final Duration AUTHORITY_VALIDITY = Duration.ofDays(3_650);
    private static final int SERIAL_BITS = 120;
    private static final int URI_NAME = 6;
    /** Bytes before the key in the encoding of an Ed25519 public key (RFC 8410). */
    private static final int KEY_PREFIX_BYTES = 12;

    private final ClusterIdentity identity;
    private final SecureRandom chance;
    /** How far the clock of who checks may be behind the one here. */
    private final Duration skew;

    public Certificates(ClusterIdentity identity, Duration skew, SecureRandom chance) {
        this.identity = identity;
        this.skew = skew;
        this.chance = chance;
    }

    /**
     * What a link is made with.
     *
     * @param chain the link's certificate, then the authority's
     */
    public record Leaf(PrivateKey key, List<X509Certificate> chain, Instant issued, Instant expires) {
        public Leaf {
            chain = List.copyOf(chain);
        }
    }

    /** A new certificate for links, valid from now on. */
    public Leaf issue(Instant now, Duration validity) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), chance);
            KeyPair pair = generator.generateKeyPair();
            SubjectPublicKeyInfo authorityKey = SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(
                    new Ed25519PublicKeyParameters(identity.key().raw().toArray()));
            SubjectPublicKeyInfo leafKey =
                    SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded());
            X509Certificate authority = sign("authority", authorityKey, true, now, AUTHORITY_VALIDITY);
            X509Certificate leaf = sign("link", leafKey, false, now, validity);
            return new Leaf(pair.getPrivate(), List.of(leaf, authority), now, now.plus(validity));
        } catch (GeneralSecurityException | IOException | OperatorException e) {
            throw new IllegalStateException("certificate of " + identity + ": cannot be made here", e);
        }
    }

    private X509Certificate sign(
            String role, SubjectPublicKeyInfo key, boolean authority, Instant now, Duration validity)
            throws GeneralSecurityException, IOException, OperatorException {
        X500Name issuer = name("authority");
        X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                issuer,
                new BigInteger(SERIAL_BITS, chance).add(BigInteger.ONE),
                Date.from(now.minus(skew)),
                Date.from(now.plus(validity)),
                name(role),
                key);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
        builder.addExtension(
                Extension.keyUsage, true, new KeyUsage(authority ? KeyUsage.keyCertSign : KeyUsage.digitalSignature));
        builder.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(
                        new GeneralName(GeneralName.uniformResourceIdentifier, NAME_PREFIX + identity.cluster())));
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("Ed25519").build(signingKey())));
    }

    private X500Name name(String role) {
        return new X500Name("O=weft,OU=" + role + ",CN=" + identity.cluster());
    }

    private PrivateKey signingKey() throws GeneralSecurityException, IOException {
        byte[] encoded = PrivateKeyInfoFactory.createPrivateKeyInfo(new Ed25519PrivateKeyParameters(identity.secret()))
                .getEncoded();
        return KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(encoded));
    }

    /**
     * Who the certificates of a peer prove him to be, apart from whether that is a member.
     *
     * @throws CertificateException where they prove nothing, in a sentence
     */
    public static PeerIdentity identity(List<X509Certificate> chain, Instant now) throws CertificateException {
        if (chain.size() != 2) {
            throw new CertificateException(
                    "certificates: " + chain.size() + " (expected: the link's and its authority's)");
        }
        X509Certificate leaf = chain.get(0);
        X509Certificate authority = chain.get(1);
        try {
            authority.verify(authority.getPublicKey());
            leaf.verify(authority.getPublicKey());
        } catch (GeneralSecurityException e) {
            throw new CertificateException(
                    "certificate of " + leaf.getSubjectX500Principal()
                            + ": not signed by the authority that came with it",
                    e);
        }
        leaf.checkValidity(Date.from(now));
        authority.checkValidity(Date.from(now));
        if (authority.getBasicConstraints() < 0 || leaf.getBasicConstraints() >= 0) {
            throw new CertificateException("certificates: roles mixed up (expected: a link's, then an authority's)");
        }
        String cluster = cluster(leaf);
        if (!cluster.equals(cluster(authority))) {
            throw new CertificateException("certificate of " + cluster + ": its authority is of " + cluster(authority));
        }
        return new PeerIdentity(cluster, key(authority.getPublicKey()));
    }

    private static String cluster(X509Certificate certificate) throws CertificateException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        if (names != null) {
            for (List<?> name : names) {
                if (name.get(0) instanceof Integer kind
                        && kind == URI_NAME
                        && name.get(1) instanceof String uri
                        && uri.startsWith(NAME_PREFIX)
                        && URI.create(uri).getPath().length() > "/cluster/".length()) {
                    return uri.substring(NAME_PREFIX.length());
                }
            }
        }
        throw new CertificateException(
                "certificate of " + certificate.getSubjectX500Principal() + ": no name " + NAME_PREFIX + "NAME");
    }

    private static VerifyKey key(PublicKey key) throws CertificateException {
        byte[] encoded = key.getEncoded();
        if (!key.getAlgorithm().equals("EdDSA") || encoded.length != KEY_PREFIX_BYTES + VerifyKey.BYTES) {
            throw new CertificateException("authority: key " + key.getAlgorithm() + " (expected: Ed25519)");
        }
        try {
            return new VerifyKey(ByteString.fromArray(encoded, KEY_PREFIX_BYTES, VerifyKey.BYTES));
        } catch (IllegalArgumentException e) {
            throw new CertificateException("authority: " + e.getMessage(), e);
        }
    }
}
