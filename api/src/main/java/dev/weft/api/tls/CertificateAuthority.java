package dev.weft.api.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.OperatorException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A cluster's own certificate authority: signs what the API serves with and what its clients prove themselves with. P-256
 * throughout. Safe for use by several threads.
 */
public final class CertificateAuthority {
    /** How far the clock of who checks may be behind the one here. */
    private static final Duration SKEW = Duration.ofMinutes(5);

    private static final int SERIAL_BITS = 120;
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    private static final Pattern ADDRESS = Pattern.compile("[0-9]+(\\.[0-9]+){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    private final KeyMaterial own;
    private final SecureRandom chance;

    private CertificateAuthority(KeyMaterial own, SecureRandom chance) {
        this.own = own;
        this.chance = chance;
    }

    /** The authority with these keys. */
    public static CertificateAuthority of(KeyMaterial own, SecureRandom chance) {
        return new CertificateAuthority(own, chance);
    }

    /** A new authority, named after the cluster. */
    public static CertificateAuthority create(String cluster, Instant now, Duration validity, SecureRandom chance) {
        X500Name name = new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.O, "weft")
                .addRDN(BCStyle.OU, "api")
                .addRDN(BCStyle.CN, cluster)
                .build();
        try {
            KeyPair pair = newPair(chance);
            X509v3CertificateBuilder builder = builder(name, name, pair, now, validity, chance);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
            KeyMaterial own = new KeyMaterial(
                    pair.getPrivate(),
                    List.of(new JcaX509CertificateConverter()
                            .getCertificate(builder.build(
                                    new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())))));
            return new CertificateAuthority(own, chance);
        } catch (GeneralSecurityException | IOException | OperatorException e) {
            throw new IllegalStateException("authority of " + cluster + ": cannot be made here", e);
        }
    }

    /** Its own certificate, which clients trust. */
    public X509Certificate certificate() {
        return own.certificate();
    }

    /** Its key; for the wiring, which stores it or hands it to another process of the cluster. */
    public KeyMaterial material() {
        return own;
    }

    /** The cluster that it was made for. */
    public String cluster() {
        X500Name name =
                X500Name.getInstance(certificate().getSubjectX500Principal().getEncoded());
        return IETFUtils.valueToString(name.getRDNs(BCStyle.CN)[0].getFirst().getValue());
    }

    /**
     * A new certificate for a server.
     *
     * @param names DNS names and literal addresses that it answers to, at least one
     */
    public KeyMaterial issueServing(Collection<String> names, Instant now, Duration validity) {
        GeneralName[] alternatives = names.stream()
                .map(name -> new GeneralName(isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name))
                .toArray(GeneralName[]::new);
        X500Name subject = new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.O, "weft")
                .addRDN(BCStyle.CN, "weft-api")
                .build();
        return issue(subject, KeyPurposeId.id_kp_serverAuth, new GeneralNames(alternatives), now, validity);
    }

    /**
     * A new certificate for a client.
     *
     * @param user who it makes its holder
     * @param groups whose member it makes him
     */
    public KeyMaterial issueClient(String user, List<String> groups, Instant now, Duration validity) {
        X500NameBuilder subject = new X500NameBuilder(BCStyle.INSTANCE);
        groups.forEach(group -> subject.addRDN(BCStyle.O, group));
        subject.addRDN(BCStyle.CN, user);
        return issue(subject.build(), KeyPurposeId.id_kp_clientAuth, null, now, validity);
    }

    private KeyMaterial issue(
            X500Name subject,
            KeyPurposeId purpose,
            @org.jspecify.annotations.Nullable GeneralNames alternatives,
            Instant now,
            Duration validity) {
        try {
            KeyPair pair = newPair(chance);
            X500Name issuer =
                    X500Name.getInstance(certificate().getSubjectX500Principal().getEncoded());
            Duration left = Duration.between(now, certificate().getNotAfter().toInstant());
            Duration lasting = validity.compareTo(left) < 0 ? validity : left;
            X509v3CertificateBuilder builder = builder(issuer, subject, pair, now, lasting, chance);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(certificate()));
            if (alternatives != null) {
                builder.addExtension(Extension.subjectAlternativeName, false, alternatives);
            }
            X509Certificate leaf = new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(own.key())));
            return new KeyMaterial(pair.getPrivate(), List.of(leaf));
        } catch (GeneralSecurityException | IOException | OperatorException e) {
            throw new IllegalStateException("certificate of " + subject + ": cannot be made here", e);
        }
    }

    private static KeyPair newPair(SecureRandom chance) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), chance);
        return generator.generateKeyPair();
    }

    private static X509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, KeyPair pair, Instant now, Duration validity, SecureRandom chance)
            throws IOException, GeneralSecurityException {
        X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                issuer,
                new BigInteger(SERIAL_BITS, chance).add(BigInteger.ONE),
                Date.from(now.minus(SKEW)),
                Date.from(now.plus(validity)),
                subject,
                SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()));
        builder.addExtension(
                Extension.subjectKeyIdentifier,
                false,
                new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
        return builder;
    }

    @SuppressWarnings("AddressSelection") // literal addresses only: nothing is looked up
    private static boolean isAddress(String name) {
        try {
            return ADDRESS.matcher(name).matches()
                    && InetAddress.getByName(name).getAddress().length > 0;
        } catch (java.net.UnknownHostException e) {
            return false;
        }
    }

    /**
     * Checks that a certificate is a client's, signed here, and in its time.
     *
     * @throws CertificateException where it is not, in a sentence
     */
    public void verifyClient(X509Certificate client, Instant now) throws CertificateException {
        certificate().checkValidity(Date.from(now));
        client.checkValidity(Date.from(now));
        if (!client.getIssuerX500Principal().equals(certificate().getSubjectX500Principal())
                || client.getBasicConstraints() >= 0) {
            throw new CertificateException(
                    "certificate of " + client.getSubjectX500Principal() + ": signed by unknown authority");
        }
        List<String> purposes = client.getExtendedKeyUsage();
        if (purposes == null || !purposes.contains(CLIENT_AUTH)) {
            throw new CertificateException(
                    "certificate of " + client.getSubjectX500Principal() + ": not made for a client");
        }
        try {
            client.verify(certificate().getPublicKey());
        } catch (GeneralSecurityException e) {
            throw new CertificateException(
                    "certificate of " + client.getSubjectX500Principal() + ": signed by unknown authority", e);
        }
    }
}
