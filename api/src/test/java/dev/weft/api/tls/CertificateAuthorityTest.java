package dev.weft.api.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A cluster's authority")
class CertificateAuthorityTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    private Path directory = Path.of("");

    private final CertificateAuthority authority = authority("east");

    private static CertificateAuthority authority(String cluster) {
        return CertificateAuthority.create(cluster, NOW, Duration.ofDays(10), new SecureRandom());
    }

    @Test
    @DisplayName("is named after its cluster")
    void named() {
        assertThat(authority.cluster()).isEqualTo("east");
        assertThat(authority.certificate().getBasicConstraints()).isZero();
    }

    @Test
    @DisplayName("signs servers with the names and addresses that clients call them by")
    void servers() throws Exception {
        X509Certificate server = authority
                .issueServing(List.of("localhost", "127.0.0.1", "::1", "api.example.org"), NOW, HOUR)
                .certificate();
        List<Object> names = new ArrayList<>();
        server.getSubjectAlternativeNames().forEach(name -> names.add(name.get(1)));
        assertThat(names).containsExactlyInAnyOrder("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1", "api.example.org");
        server.verify(authority.certificate().getPublicKey());
    }

    @Test
    @DisplayName("knows the clients that it signed, in their time, and nobody else")
    void clients() throws Exception {
        X509Certificate ann =
                authority.issueClient("ann", List.of("devs"), NOW, HOUR).certificate();
        assertThatCode(() -> authority.verifyClient(ann, NOW)).doesNotThrowAnyException();
        assertThatThrownBy(() -> authority.verifyClient(ann, NOW.plus(HOUR).plusSeconds(1)))
                .isInstanceOf(CertificateException.class);
        assertThatThrownBy(() -> authority.verifyClient(ann, NOW.minus(HOUR))).isInstanceOf(CertificateException.class);
        // The same name, another key.
        X509Certificate foreign =
                authority("east").issueClient("ann", List.of(), NOW, HOUR).certificate();
        assertThatThrownBy(() -> authority.verifyClient(foreign, NOW)).hasMessageContaining("unknown authority");
        X509Certificate server =
                authority.issueServing(List.of("localhost"), NOW, HOUR).certificate();
        assertThatThrownBy(() -> authority.verifyClient(server, NOW)).hasMessageContaining("not made for a client");
        assertThatThrownBy(() -> authority.verifyClient(authority.certificate(), NOW))
                .isInstanceOf(CertificateException.class);
    }

    @Test
    @DisplayName("never signs for longer than it lives itself")
    void bounded() {
        X509Certificate client = authority
                .issueClient("ann", List.of(), NOW, Duration.ofDays(3_650))
                .certificate();
        assertThat(client.getNotAfter()).isEqualTo(authority.certificate().getNotAfter());
    }

    @Test
    @DisplayName("is kept in files that only their owner may read, and is the same after a restart")
    void kept() throws Exception {
        KeyDirectory keys = new KeyDirectory(directory.resolve("pki"));
        assertThat(keys.load()).isEmpty();
        ClusterKeys made = keys.loadOrCreate("east", NOW, new SecureRandom());
        ClusterKeys again = keys.loadOrCreate("east", NOW, new SecureRandom());
        assertThat(again.toPem()).isEqualTo(made.toPem());
        for (String part : ClusterKeys.PARTS) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(
                            directory.resolve("pki").resolve(part))))
                    .isEqualTo("rw-------");
        }
        Files.delete(directory.resolve("pki").resolve("ca.key"));
        assertThatThrownBy(keys::load).hasMessageContaining("ca.key is missing");
    }

    @Test
    @DisplayName("has keys that are told from those of others")
    void fits() {
        KeyMaterial one = authority.issueServing(List.of("localhost"), NOW, HOUR);
        KeyMaterial other = authority.issueServing(List.of("localhost"), NOW, HOUR);
        assertThatThrownBy(() -> KeyMaterial.ofPem(one.certificatesPem(), other.keyPem()))
                .isInstanceOf(GeneralSecurityException.class)
                .hasMessageContaining("not that of the certificate");
        assertThatThrownBy(() -> KeyMaterial.ofPem(one.certificatesPem(), "nothing"))
                .hasMessageContaining("no unencrypted private key");
        assertThatThrownBy(() -> KeyMaterial.ofPem(one.keyPem(), one.keyPem())).hasMessageContaining("no certificate");
        assertThat(one.toString()).doesNotContain("PRIVATE");
    }

    @Test
    @DisplayName("renews what a server shows when two thirds of its time are over")
    void renews() {
        AtomicReference<Instant> now = new AtomicReference<>(NOW);
        OwnCertificate own = new OwnCertificate(authority, java.util.Set.of("localhost"), Duration.ofDays(3), now::get);
        X509Certificate first = own.current().certificate();
        now.set(NOW.plus(Duration.ofDays(2)).minusSeconds(1));
        assertThat(own.current().certificate()).isEqualTo(first);
        now.set(NOW.plus(Duration.ofDays(2)));
        assertThat(own.current().certificate()).isNotEqualTo(first);
    }

    @Test
    @DisplayName("is not needed where files are given: a changed pair is taken, half a pair or rubbish is not")
    void files() throws Exception {
        KeyMaterial first = authority.issueServing(List.of("localhost"), NOW, HOUR);
        KeyMaterial second = authority.issueServing(List.of("localhost"), NOW, HOUR);
        Path certificate = Files.writeString(directory.resolve("c.pem"), first.certificatesPem());
        Path key = Files.writeString(directory.resolve("k.pem"), first.keyPem());
        ServingKeys serving = new ServingKeys(new CertificateFiles(certificate, key), authority.certificate());
        Files.writeString(certificate, second.certificatesPem());
        serving.refresh();
        assertThat(serving.certificate()).as("the key is still the old one").isEqualTo(first.certificate());
        Files.writeString(key, second.keyPem());
        serving.refresh();
        assertThat(serving.certificate()).isEqualTo(second.certificate());
        Files.writeString(certificate, "rubbish");
        serving.refresh();
        Files.delete(key);
        serving.refresh();
        assertThat(serving.certificate()).isEqualTo(second.certificate());
    }
}
