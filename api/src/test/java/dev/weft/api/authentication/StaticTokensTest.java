package dev.weft.api.authentication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A file of static tokens")
class StaticTokensTest {
    @Test
    @DisplayName("is read as Kubernetes reads it")
    void isRead() {
        StaticTokens tokens = StaticTokens.parse("""
                # a comment
                t1,ann,7,"devs,qa"

                t2, bob ,8
                "t,3","o""hara",9,ops
                """);
        assertThat(tokens.size()).isEqualTo(3);
        assertThat(tokens.find("t1"))
                .hasValue(new User("ann", "7", List.of("devs", "qa", User.AUTHENTICATED), java.util.Map.of()));
        assertThat(tokens.find("t2").orElseThrow().groups()).containsExactly(User.AUTHENTICATED);
        assertThat(tokens.find("t,3").orElseThrow().name()).isEqualTo("o\"hara");
        assertThat(tokens.find("t4")).isEmpty();
        assertThat(tokens.find("")).isEmpty();
    }

    @Test
    @DisplayName("that is malformed is refused with the line, and without the token")
    void refused() {
        assertThatThrownBy(() -> StaticTokens.parse("t1,ann,1\ns3cr3t,bob\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line 2")
                .hasMessageNotContaining("s3cr3t");
        assertThatThrownBy(() -> StaticTokens.parse(",ann,1")).hasMessageContaining("line 1");
        assertThatThrownBy(() -> StaticTokens.parse("t1,,1")).hasMessageContaining("line 1");
    }
}
