package dev.weft.proxy.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.proxy.dataplane.HalfClose.End;
import dev.weft.proxy.dataplane.HalfClose.Phase;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("the half-closes of a relayed connection")
class HalfCloseTest {

    @ParameterizedTest
    @EnumSource(End.class)
    @DisplayName("end one direction without touching the other")
    void oneDirection(End first) {
        HalfClose passed = HalfClose.OPEN.inputEnded(first).passedOn(first);

        assertThat(passed.from(first)).isEqualTo(Phase.ENDED);
        assertThat(passed.from(first.other())).isEqualTo(Phase.FLOWING);
        assertThat(passed.over()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(End.class)
    @DisplayName("are over only when both ends have been passed on, in either order")
    void both(End first) {
        HalfClose bothRead = HalfClose.OPEN.inputEnded(first).inputEnded(first.other());
        assertThat(bothRead.over()).isFalse();

        HalfClose onePassed = bothRead.passedOn(first);
        assertThat(onePassed.over()).isFalse();
        assertThat(onePassed.passedOn(first.other()).over()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(End.class)
    @DisplayName("never pass on an end that has not come: that would cut the data")
    void noEndBeforeItsTime(End source) {
        assertThatThrownBy(() -> HalfClose.OPEN.passedOn(source)).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @EnumSource(End.class)
    @DisplayName("let a socket go only when it has been read to its end and has been sent everything")
    void done(End end) {
        HalfClose read = HalfClose.OPEN.inputEnded(end);
        assertThat(HalfClose.OPEN.done(end)).isFalse();
        assertThat(read.done(end)).as("it is still sent to").isFalse();
        assertThat(HalfClose.OPEN.inputEnded(end.other()).passedOn(end.other()).done(end))
                .as("it may still send")
                .isFalse();

        HalfClose done = read.inputEnded(end.other()).passedOn(end.other());
        assertThat(done.done(end)).isTrue();
        assertThat(done.done(end.other())).as("the other is still sent to").isFalse();
    }

    @Test
    @DisplayName("only ever go forward, whatever comes in whatever order")
    void forwardOnly() {
        Set<HalfClose> seen = new HashSet<>();
        Queue<HalfClose> open = new ArrayDeque<>(Set.of(HalfClose.OPEN));
        while (!open.isEmpty()) {
            HalfClose now = open.remove();
            if (!seen.add(now)) {
                continue;
            }
            for (End source : End.values()) {
                HalfClose ended = now.inputEnded(source);
                assertForward(now, ended);
                open.add(ended);
                if (now.from(source) != Phase.FLOWING) {
                    HalfClose passed = now.passedOn(source);
                    assertForward(now, passed);
                    open.add(passed);
                }
            }
        }
        assertThat(seen).hasSize(9);
        assertThat(seen).filteredOn(HalfClose::over).hasSize(1);
    }

    private static void assertForward(HalfClose before, HalfClose after) {
        for (End source : End.values()) {
            assertThat(after.from(source)).isGreaterThanOrEqualTo(before.from(source));
        }
    }
}
