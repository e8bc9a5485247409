package dev.weft.api.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.tls.ClusterKeys;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A token")
class TokenSignerTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final TokenSigner signer = signer();
    private final ObjectNode claims = JsonNodeFactory.instance.objectNode().put("sub", "ann");

    private static TokenSigner signer() {
        return new TokenSigner(
                ClusterKeys.create("east", NOW, new SecureRandom()).tokens());
    }

    private static String part(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    @DisplayName("that was signed here is recognised, with what it says")
    void recognised() {
        String token = signer.sign(claims);
        assertThat(token).matches("[\\w-]+\\.[\\w-]+\\.[\\w-]+");
        assertThat(TokenSigner.looksLikeOne(token)).isTrue();
        assertThat(signer.verify(token)).hasValue(claims);
    }

    @Test
    @DisplayName("of another cluster is not")
    void foreign() {
        assertThat(signer.verify(signer().sign(claims))).isEmpty();
    }

    @Test
    @DisplayName("whose claims, header or signature were touched is not")
    void forged() {
        String[] parts = signer.sign(claims).split("\\.", -1);
        for (String forged : List.of(
                parts[0] + "." + part("{\"sub\":\"root\"}") + "." + parts[2],
                part("{\"alg\":\"none\"}") + "." + parts[1] + ".",
                part("{\"alg\":\"HS256\"}") + "." + parts[1] + "." + parts[2],
                parts[0] + "." + parts[1] + ".",
                parts[0] + "." + parts[1] + "." + part("x".repeat(64)),
                // r and s of zero, which Java once took for a signature of anything
                parts[0] + "." + parts[1] + "."
                        + Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[64]),
                parts[0] + "." + parts[1],
                parts[0] + "." + parts[1] + "." + parts[2] + ".",
                parts[0] + "." + parts[1] + "." + parts[2] + "=",
                "ey..",
                "..",
                "%.%.%")) {
            assertThat(signer.verify(forged)).as(forged).isEmpty();
        }
    }

    @Test
    @DisplayName("of a service account says who it is, for whom, and what it ends with")
    void account() {
        AccountToken token = new AccountToken(
                "id-1",
                "https://issuer",
                new AccountToken.Account("shop", "till", "uid-1"),
                Optional.of(new AccountToken.Bound("Pod", "p", "uid-2")),
                List.of("a", "b"),
                NOW,
                NOW.plusSeconds(600));
        assertThat(AccountToken.of(signer.verify(signer.sign(token.claims())).orElseThrow()))
                .hasValue(token);
        assertThat(token.user().name()).isEqualTo("system:serviceaccount:shop:till");
        assertThat(token.user().groups())
                .containsExactly("system:serviceaccounts", "system:serviceaccounts:shop", User.AUTHENTICATED);
        assertThat(token.user().extra())
                .containsEntry("authentication.kubernetes.io/pod-name", List.of("p"))
                .containsEntry("authentication.kubernetes.io/credential-id", List.of("JTI=id-1"));
        assertThat(token.holdsAt(NOW)).isTrue();
        assertThat(token.holdsAt(NOW.minusSeconds(1))).isFalse();
        assertThat(token.holdsAt(NOW.plusSeconds(600))).isFalse();
    }

    @Test
    @DisplayName("that is signed and says something else is no service account's")
    void otherClaims() {
        assertThat(AccountToken.of(claims)).isEmpty();
        ObjectNode mismatch = JsonNodeFactory.instance.objectNode();
        mismatch.put("sub", "system:serviceaccount:shop:till").put("exp", 9_999_999_999L);
        mismatch.putObject("kubernetes.io")
                .put("namespace", "bank")
                .putObject("serviceaccount")
                .put("name", "till")
                .put("uid", "u");
        assertThat(AccountToken.of(mismatch)).isEmpty();
    }
}
