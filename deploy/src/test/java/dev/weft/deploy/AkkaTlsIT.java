package dev.weft.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.deploy.client.Manifests;
import dev.weft.deploy.testbed.TestAuthority;
import dev.weft.deploy.testbed.TestBed;
import dev.weft.deploy.testbed.TestServer;
import dev.weft.registry.journal.StoreAddress;
import dev.weft.registry.testbed.TestStore;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

@ExtendWith(PatientWaiting.class)
@DisplayName("Processes of a cluster that prove themselves to each other")
class AkkaTlsIT {
    private static final String SERVICES = "/api/v1/namespaces/default/services";

    @RegisterExtension
    final TestBed bed = new TestBed();

    @Test
    @DisplayName("form one cluster; one without a certificate, and one with another authority's, stay outside")
    void oneCluster() throws Exception {
        TestAuthority own = new TestAuthority(bed.directory().resolve("own"), "east-authority");
        TestAuthority other = new TestAuthority(bed.directory().resolve("other"), "east-authority");
        StoreAddress store = TestStore.database(bed.directory());
        TestServer first =
                bed.sharing(store, 1, "east", flags(own.issue("first", "east"))).get(0);
        TestServer second = bed.beside(first, store, "east-2", flags(own.issue("second", "east")));
        first.start();
        second.start();
        first.api().accepted("POST", first.api().create(SERVICES, Manifests.service("web", "any", 8080, 9376)));
        assertThat(second.api().require(SERVICES + "/web").at("/metadata/name").asText())
                .isEqualTo("web");
        List<String> hasty = List.of("--config", bed.config("weft.server.start-timeout = 5 s"));
        TestServer plain = bed.beside(
                first,
                store,
                "east-plain",
                Stream.concat(Stream.of("--no-proxy"), hasty.stream()).toArray(String[]::new));
        TestServer stranger = bed.beside(
                first,
                store,
                "east-stranger",
                Stream.concat(Stream.of(flags(other.issue("stranger", "east"))), hasty.stream())
                        .toArray(String[]::new));
        plain.begin();
        stranger.begin();
        for (TestServer outside : List.of(plain, stranger)) {
            Awaitility.await(outside.name() + " gives up")
                    .until(() -> !outside.running().isAlive());
            assertThat(outside.running().tail()).contains("the registry was not ready");
        }
        assertThat(second.api().require("/api/v1/nodes").findValuesAsText("name"))
                .containsExactly("east-1", "east-2");
        first.api().accepted("POST", first.api().create(SERVICES, Manifests.service("more", "any", 8080, 9376)));
        assertThat(second.api().require(SERVICES + "/more").at("/metadata/name").asText())
                .isEqualTo("more");
    }

    @Test
    @DisplayName("are told of a certificate of the right authority that bears another cluster's name")
    void otherName() throws Exception {
        TestAuthority authority = new TestAuthority(bed.directory().resolve("keys"), "authority");
        StoreAddress store = TestStore.database(bed.directory());
        TestServer first = bed.sharing(store, 1, "east", flags(authority.issue("first", "east", "127.9.9.1")))
                .get(0);
        first.start();
        TestServer cousin = bed.beside(first, store, "east-2", flags(authority.issue("second", "west", "127.9.9.2")));
        cousin.begin();
        Awaitility.await()
                .until(() -> Stream.of(first, cousin)
                        .map(server -> server.running().tail())
                        .anyMatch(log -> log.contains("refused the certificate of ") && log.contains("share a name")));
    }

    @Test
    @DisplayName("do not start with a certificate that has expired")
    void expired() throws Exception {
        TestAuthority authority = new TestAuthority(bed.directory().resolve("keys"), "authority");
        TestServer late = bed.server("east", flags(authority.issueExpired("late", "east")));
        late.begin();
        Awaitility.await().until(() -> !late.running().isAlive());
        assertThat(late.running().tail()).contains("--akka-tls-cert", "late.crt: its certificate expired at ");
    }

    private static String[] flags(TestAuthority.Keys keys) {
        return Stream.concat(Stream.of("--no-proxy"), Stream.of(keys.flags())).toArray(String[]::new);
    }
}
