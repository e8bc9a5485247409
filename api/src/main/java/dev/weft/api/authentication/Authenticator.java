package dev.weft.api.authentication;

import dev.weft.api.tls.CertificateAuthority;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;

/** Tells who asks. Safe for use by several threads. */
public final class Authenticator {
    private static final String CREDENTIAL_ID = "authentication.kubernetes.io/credential-id";

    private final CertificateAuthority authority;
    private final Supplier<StaticTokens> staticTokens;
    private final AccountTokens accountTokens;
    private final boolean anonymous;
    private final InstantSource clock;

    /**
     * @param staticTokens those of the file as it is now
     * @param anonymous whether one without credentials is {@link User#ANONYMOUS}, or refused
     */
    public Authenticator(
            CertificateAuthority authority,
            Supplier<StaticTokens> staticTokens,
            AccountTokens accountTokens,
            boolean anonymous,
            InstantSource clock) {
        this.authority = authority;
        this.staticTokens = staticTokens;
        this.accountTokens = accountTokens;
        this.anonymous = anonymous;
        this.clock = clock;
    }

    /** Gives out the tokens that are accepted here. */
    public AccountTokens accountTokens() {
        return accountTokens;
    }

    /**
     * Who it is.
     *
     * @param certificate whose key he has; nothing is known yet of who signed it
     * @param token as it came; empty if none did
     * @return empty if he is to be refused: nothing that he brought holds, or he brought nothing and must
     */
    public CompletionStage<Optional<User>> authenticate(Optional<X509Certificate> certificate, String token) {
        Optional<User> byCertificate = certificate.flatMap(this::byCertificate);
        if (byCertificate.isPresent()) {
            return CompletableFuture.completedFuture(byCertificate);
        }
        if (!token.isEmpty()) {
            return byToken(token, List.of()).thenApply(found -> found.map(Known::user));
        }
        return CompletableFuture.completedFuture(
                certificate.isEmpty() && anonymous ? Optional.of(User.ANONYMOUS) : Optional.empty());
    }

    /**
     * Whose a token is.
     *
     * @param audiences that it holds for, of those that were asked for
     */
    public record Known(User user, List<String> audiences) {}

    /**
     * Whose token it is.
     *
     * @param audiences of which it must be for at least one; empty for this API's own
     */
    public CompletionStage<Optional<Known>> byToken(String token, List<String> audiences) {
        List<String> own = accountTokens.settings().audiences();
        List<String> wanted = audiences.isEmpty() ? own : audiences;
        Optional<User> known = staticTokens.get().find(token);
        if (known.isPresent()) {
            // Tokens of the file are for this API and name no audience.
            List<String> shared = wanted.stream().filter(own::contains).toList();
            return CompletableFuture.completedFuture(
                    shared.isEmpty() ? Optional.empty() : Optional.of(new Known(known.get(), shared)));
        }
        if (!TokenSigner.looksLikeOne(token)) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return accountTokens
                .find(token, wanted)
                .thenApply(found -> found.map(account -> new Known(
                        account.user(),
                        wanted.stream().filter(account.audiences()::contains).toList())));
    }

    private Optional<User> byCertificate(X509Certificate certificate) {
        try {
            authority.verifyClient(certificate, clock.instant());
            X500Name subject =
                    X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
            List<String> names = values(subject.getRDNs(BCStyle.CN));
            if (names.size() != 1 || names.get(0).isEmpty()) {
                return Optional.empty();
            }
            String id = "X509SHA256="
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
            return Optional.of(User.authenticated(
                    names.get(0), "", values(subject.getRDNs(BCStyle.O)), Map.of(CREDENTIAL_ID, List.of(id))));
        } catch (CertificateException e) {
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a Java without SHA-256", e);
        }
    }

    private static List<String> values(RDN[] parts) {
        List<String> values = new ArrayList<>();
        for (RDN part : parts) {
            for (var each : part.getTypesAndValues()) {
                values.add(each.getValue() instanceof ASN1String text ? text.getString() : "");
            }
        }
        return values;
    }
}
