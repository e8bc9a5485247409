package dev.weft.deploy.server;

import static org.assertj.core.api.Assertions.assertThat;

import akka.cluster.MemberStatus;
import dev.weft.deploy.server.RemainingProcesses.Seen;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A process that stops")
class RemainingProcessesTest {
    private static final Seen KEEPER = new Seen(MemberStatus.up(), true, true);
    private static final Seen FURTHER = new Seen(MemberStatus.up(), false, true);

    @Test
    @DisplayName("tells those who stay, whoever of them keeps the data")
    void tells() {
        assertThat(RemainingProcesses.any(KEEPER, List.of(KEEPER))).isTrue();
        assertThat(RemainingProcesses.any(KEEPER, List.of(FURTHER))).isTrue();
        assertThat(RemainingProcesses.any(FURTHER, List.of(KEEPER))).isTrue();
        assertThat(RemainingProcesses.any(FURTHER, List.of(FURTHER, new Seen(MemberStatus.leaving(), true, true))))
                .isTrue();
    }

    @Test
    @DisplayName("tells nobody when it is alone, or the others go too or cannot be reached")
    void alone() {
        assertThat(RemainingProcesses.any(KEEPER, List.of())).isFalse();
        assertThat(RemainingProcesses.any(KEEPER, List.of(new Seen(MemberStatus.leaving(), true, true))))
                .isFalse();
        assertThat(RemainingProcesses.any(KEEPER, List.of(new Seen(MemberStatus.up(), true, false))))
                .isFalse();
    }

    @Test
    @DisplayName("tells nobody when nobody could store it, or the others have put it out")
    void untold() {
        assertThat(RemainingProcesses.any(FURTHER, List.of(FURTHER))).isFalse();
        assertThat(RemainingProcesses.any(FURTHER, List.of(FURTHER, new Seen(MemberStatus.up(), true, false))))
                .isFalse();
        assertThat(RemainingProcesses.any(new Seen(MemberStatus.down(), true, true), List.of(KEEPER)))
                .isFalse();
        assertThat(RemainingProcesses.any(new Seen(MemberStatus.removed(), true, true), List.of(KEEPER)))
                .isFalse();
    }
}
