package dev.weft.proxy.outlier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("an endpoint that fails")
class OutlierTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final OutlierSettings SETTINGS =
            new OutlierSettings(3, Duration.ofSeconds(5), Duration.ofSeconds(20), 50, 30);

    private static OutlierState failing(OutlierState state, int times) {
        OutlierState now = state;
        for (int time = 0; time < times; time++) {
            now = now.failed(SETTINGS);
        }
        return now;
    }

    @Test
    @DisplayName("is due for ejection after so many failures in a row, and not before")
    void inARow() {
        assertThat(failing(OutlierState.NEW, 2).due(SETTINGS)).isFalse();
        assertThat(failing(OutlierState.NEW, 3).due(SETTINGS)).isTrue();
        assertThat(failing(failing(OutlierState.NEW, 2).answered(), 2).due(SETTINGS))
                .as("an answer in between")
                .isFalse();
        assertThat(failing(OutlierState.NEW, 1_000).due(OutlierSettings.OFF)).isFalse();
    }

    @Test
    @DisplayName("is out for longer each time, up to the maximum, while it does not stay in choice")
    void growing() {
        OutlierState state = failing(OutlierState.NEW, 3);
        long now = -7 * SECOND; // a monotonic clock may be anywhere
        for (int expected : new int[] {5, 10, 15, 20, 20}) {
            state = state.eject(now, SETTINGS);
            assertThat(state.over(now + expected * SECOND - 1)).isFalse();
            now += expected * SECOND;
            assertThat(state.over(now)).isTrue();
            state = state.comeBack(now, SETTINGS).failed(SETTINGS);
            assertThat(state.due(SETTINGS))
                    .as("on probation one failure is enough")
                    .isTrue();
        }
    }

    @Test
    @DisplayName("has one former ejection forgotten for each base ejection time that it stays in choice")
    void forgetting() {
        OutlierState state = failing(OutlierState.NEW, 3)
                .eject(0, SETTINGS)
                .comeBack(5 * SECOND, SETTINGS)
                .failed(SETTINGS)
                .eject(5 * SECOND, SETTINGS)
                .comeBack(15 * SECOND, SETTINGS)
                .answered();
        assertThat(failing(state, 3).eject(16 * SECOND, SETTINGS).ejections()).isEqualTo(3);
        assertThat(failing(state, 3).eject(20 * SECOND, SETTINGS).ejections()).isEqualTo(2);
        assertThat(failing(state, 3).eject(1_000 * SECOND, SETTINGS).ejections())
                .isEqualTo(1);
    }

    @Test
    @DisplayName("is off probation with its first answer")
    void probation() {
        OutlierState back = failing(OutlierState.NEW, 3).eject(0, SETTINGS).comeBack(5 * SECOND, SETTINGS);
        assertThat(failing(back.answered(), 2).due(SETTINGS)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"1,0", "2,1", "3,1", "4,2", "5,2", "10,5", "1000,500"})
    @DisplayName("is ejected while less than half are, never the only one, always one of several")
    void ceiling(int total, int most) {
        int ejected = 0;
        while (SETTINGS.mayEject(ejected, total)) {
            ejected++;
        }
        assertThat(ejected).isEqualTo(most);
        assertThat(OutlierSettings.OFF.mayEject(0, total)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0,1,true", "1,4,true", "3,10,false", "2,10,true", "10,10,false", "300,1000,false", "299,1000,true"})
    @DisplayName("is used all the same when too few others are usable")
    void panic(int usable, int total, boolean panics) {
        assertThat(SETTINGS.panics(usable, total)).isEqualTo(panics);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    @DisplayName("is never out for longer than the maximum, nor due again while out, whatever happens in which order")
    void anyOrder(long seed) {
        Random random = new Random(seed);
        OutlierState state = OutlierState.NEW;
        long now = random.nextLong();
        int inARow = 0;
        for (int step = 0; step < 5_000; step++) {
            now += (long) (random.nextDouble() * 3 * SECOND);
            if (state.over(now)) {
                state = state.comeBack(now, SETTINGS);
                inARow = 2;
            } else if (random.nextInt(4) == 0) {
                state = state.answered();
                inARow = state.ejected() ? inARow : 0;
            } else {
                state = state.failed(SETTINGS);
                inARow += state.ejected() ? 0 : 1;
            }
            assertThat(state.due(SETTINGS))
                    .as("seed %d step %d", seed, step)
                    .isEqualTo(!state.ejected() && inARow >= 3);
            if (state.due(SETTINGS)) {
                state = state.eject(now, SETTINGS);
                long lasts = state.atNanos() - now;
                assertThat(lasts).isBetween(5 * SECOND, 20 * SECOND);
                assertThat(lasts % (5 * SECOND)).isZero();
            }
        }
    }

    @Test
    @DisplayName("is judged by settings that make sense")
    void settings() {
        Duration second = Duration.ofSeconds(1);
        assertThatThrownBy(() -> new OutlierSettings(3, second, Duration.ZERO, 50, 30))
                .hasMessageContaining("max-ejection=PT0S");
        assertThatThrownBy(() -> new OutlierSettings(3, second, second, 101, 30))
                .hasMessageContaining("max-ejected-percent=101");
        assertThatThrownBy(() -> new OutlierSettings(-1, second, second, 1, 30)).isInstanceOf(Exception.class);
    }
}
