package dev.weft.api.tls;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A certificate that the cluster's own authority signs, renewed when two thirds of its time are over. */
public final class OwnCertificate implements ServingCertificate {
    private final CertificateAuthority authority;
    private final List<String> names;
    private final Duration validity;
    private final InstantSource clock;
    private @Nullable KeyMaterial present;
    private Instant renewal = Instant.MIN;

    /**
     * @param names DNS names and literal addresses by which clients call the server
     * @param validity of each certificate
     */
    public OwnCertificate(CertificateAuthority authority, Set<String> names, Duration validity, InstantSource clock) {
        this.authority = authority;
        this.names = List.copyOf(new TreeSet<>(names));
        this.validity = validity;
        this.clock = clock;
    }

    @Override
    public synchronized KeyMaterial current() {
        Instant now = clock.instant();
        KeyMaterial known = present;
        if (known != null && now.isBefore(renewal)) {
            return known;
        }
        KeyMaterial made = authority.issueServing(names, now, validity);
        present = made;
        renewal = now.plus(validity.multipliedBy(2).dividedBy(3));
        return made;
    }
}
