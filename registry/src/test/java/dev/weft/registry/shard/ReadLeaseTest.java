package dev.weft.registry.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A read lease")
class ReadLeaseTest {
    private Instant steady = Instant.EPOCH;
    private Instant wall = Instant.parse("2026-01-01T00:00:00Z");
    private final ReadLease.Terms terms =
            new ReadLease.Terms(new NoStore(), () -> steady, () -> wall, Duration.ofMillis(500), () -> true);
    private final ReadLease lease = new ReadLease(terms);

    private void pass(long millis) {
        steady = steady.plusMillis(millis);
        wall = wall.plusMillis(millis);
    }

    @Test
    @DisplayName("is not there before the store has spoken, and counts from the question, not from the answer")
    void fromTheQuestion() {
        lease.begin(7);
        assertThat(lease.holds()).isFalse();
        assertThat(lease.due()).isTrue();

        ReadLease.Moment asked = lease.now();
        lease.asking();
        assertThat(lease.due()).isFalse();
        pass(400);
        assertThat(lease.answered(7, asked, false)).isEqualTo(ReadLease.Finding.OWNED);

        assertThat(lease.holds()).isTrue();
        assertThat(lease.due()).as("in good time before it ends").isTrue();
        pass(100);
        assertThat(lease.holds()).isFalse();
    }

    @Test
    @DisplayName("ends by either clock: when the machine stood still, and when the wall clock is set back")
    void eitherClock() {
        lease.begin(7);
        lease.answered(7, lease.now(), false);
        wall = wall.plusMillis(500);
        assertThat(lease.holds()).isFalse();

        lease.answered(7, lease.now(), false);
        assertThat(lease.holds()).isTrue();
        wall = wall.minusSeconds(3_600);
        steady = steady.plusMillis(500);
        assertThat(lease.holds()).isFalse();
    }

    @Test
    @DisplayName("is lost when the store holds an event of another, and not when that may be one's own on its way")
    void lost() {
        lease.begin(7);
        assertThat(lease.answered(8, lease.now(), true)).isEqualTo(ReadLease.Finding.UNSURE);
        assertThat(lease.holds()).isFalse();
        assertThat(lease.answered(8, lease.now(), false)).isEqualTo(ReadLease.Finding.LOST);
        assertThat(lease.holds()).isFalse();
    }

    @Test
    @DisplayName("is renewed by a write of one's own, from its beginning, and never shortened by an earlier word")
    void renewedByWrites() {
        lease.begin(7);
        ReadLease.Moment early = lease.now();
        pass(300);
        lease.stored(8, lease.now());
        assertThat(lease.answered(8, early, false)).isEqualTo(ReadLease.Finding.OWNED);
        pass(400);
        assertThat(lease.holds()).isTrue();
        lease.begin(8);
        assertThat(lease.holds()).as("after it was loaded again").isFalse();
    }

    @Test
    @DisplayName("is outlasted by the wait of whoever takes the shard over")
    void outlasted() {
        assertThat(terms.takeOverWait()).isGreaterThan(Duration.ofMillis(500));
    }
}
