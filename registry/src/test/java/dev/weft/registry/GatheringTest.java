package dev.weft.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.registry.journal.Attendance.Entry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A process that starts on a shared store")
class GatheringTest {
    private static final Entry OWN = new Entry("a:1", 1, false);

    private final Gathering gathering = new Gathering("a:1", Duration.ofMillis(10));

    @Test
    @DisplayName("begins the cluster at once where nobody is in one, whoever else is starting")
    void first() {
        assertThat(gathering.next(List.of(OWN, new Entry("b:1", 7, false)), 0))
                .isEqualTo(new Gathering.Begin(List.of()));
    }

    @Test
    @DisplayName("does not take what it left in the list in an earlier life for somebody else")
    void earlierLife() {
        assertThat(gathering.next(List.of(new Entry("a:1", 9, true)), 0)).isEqualTo(new Gathering.Begin(List.of()));
    }

    @Test
    @DisplayName("joins those who are in a cluster, for as long as they report")
    void joins() {
        for (int i = 0; i < 100; i++) {
            assertThat(gathering.next(List.of(OWN, new Entry("b:1", 3 + i / 9, true), new Entry("c:1", 0, false)), i))
                    .isEqualTo(new Gathering.Join(List.of("b:1")));
        }
    }

    @Test
    @DisplayName("leaves out those who are silent, and begins when all have been for the patience")
    void silence() {
        Entry b = new Entry("b:1", 3, true);
        assertThat(gathering.next(List.of(OWN, b, new Entry("c:1", 1, true)), 0))
                .isEqualTo(new Gathering.Join(List.of("b:1", "c:1")));
        assertThat(gathering.next(List.of(OWN, b, new Entry("c:1", 2, true)), 10))
                .isEqualTo(new Gathering.Join(List.of("c:1")));
        assertThat(gathering.next(List.of(OWN, b, new Entry("c:1", 2, true)), 20))
                .isEqualTo(new Gathering.Begin(List.of(b, new Entry("c:1", 2, true))));
    }

    @Test
    @DisplayName("gives one that comes back its whole patience again")
    void back() {
        Entry b = new Entry("b:1", 3, true);
        gathering.next(List.of(OWN, b), 0);
        gathering.next(List.of(OWN), 5);
        assertThat(gathering.next(List.of(OWN, b), 12)).isEqualTo(new Gathering.Join(List.of("b:1")));
        assertThat(gathering.next(List.of(OWN, b), 21)).isEqualTo(new Gathering.Join(List.of("b:1")));
        assertThat(gathering.next(List.of(OWN, b), 22)).isEqualTo(new Gathering.Begin(List.of(b)));
    }
}
