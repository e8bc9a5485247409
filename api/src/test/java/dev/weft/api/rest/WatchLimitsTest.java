package dev.weft.api.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import akka.NotUsed;
import akka.actor.ActorSystem;
import akka.stream.KillSwitch;
import akka.stream.KillSwitches;
import akka.stream.UniqueKillSwitch;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import dev.weft.api.problem.RequestRefused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@DisplayName("Watches are bounded")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WatchLimitsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private ActorSystem system;

    @BeforeAll
    void start() {
        system = ActorSystem.create("watch-limits");
    }

    @AfterAll
    void stop() {
        system.terminate();
    }

    private static WatchLimits limits(int most, int ofUser) {
        return new WatchLimits(
                new WatchLimits.Bounds(most, ofUser, Duration.ofSeconds(60), Duration.ofSeconds(120)), new Random(7));
    }

    @Test
    @DisplayName(
            "by user: one who has his share is refused with 429, others are not, and what has ended counts no more")
    void byUser() {
        WatchLimits limits = limits(10, 2);
        List<KillSwitch> open = new ArrayList<>();
        open.add(standing(limits, "anna"));
        open.add(standing(limits, "anna"));
        assertThatExceptionOfType(RequestRefused.class)
                .isThrownBy(() -> standing(limits, "anna"))
                .satisfies(
                        refused -> assertThat(refused.refusal().reason().name()).isEqualTo("TooManyRequests"));
        open.add(standing(limits, "bert"));
        assertThat(limits.open()).isEqualTo(3);

        open.get(0).shutdown();
        await().atMost(PATIENCE).until(() -> limits.open() == 2);
        open.add(standing(limits, "anna"));
        open.forEach(KillSwitch::shutdown);
        await().atMost(PATIENCE).until(() -> limits.open() == 0);
    }

    @Test
    @DisplayName("over all: nobody gets one more, whoever he is")
    void overAll() {
        WatchLimits limits = limits(2, 2);
        standing(limits, "anna");
        KillSwitch second = standing(limits, "bert");
        assertThatExceptionOfType(RequestRefused.class).isThrownBy(() -> standing(limits, "carl"));
        second.shutdown();
        await().atMost(PATIENCE).until(() -> limits.open() == 1);
        standing(limits, "carl");
        assertThat(limits.open()).isEqualTo(2);
    }

    @Test
    @DisplayName("in time: by the client's wish up to the longest, else by chance between the shortest and the longest")
    void inTime() {
        WatchLimits limits = limits(10, 10);
        List<Duration> granted = new ArrayList<>();
        for (long wish : new long[] {5, 1_000_000, Long.MAX_VALUE, 0, 0, 0}) {
            limits.bounded("anna", wish, lasting -> {
                granted.add(lasting);
                return Source.empty();
            });
        }
        assertThat(granted.subList(0, 3))
                .containsExactly(Duration.ofSeconds(5), Duration.ofSeconds(120), Duration.ofSeconds(120));
        assertThat(granted.subList(3, 6))
                .allMatch(lasting -> lasting.toSeconds() >= 60 && lasting.toSeconds() <= 120)
                .doesNotHaveDuplicates();
    }

    /** Opens a watch that says nothing. */
    private KillSwitch standing(WatchLimits limits, String user) {
        Source<ByteString, NotUsed> watch = limits.bounded(user, 0, lasting -> Source.never());
        int before = limits.open();
        UniqueKillSwitch kill = watch.viaMat(KillSwitches.single(), Keep.right())
                .to(Sink.ignore())
                .run(system);
        await().atMost(PATIENCE).until(() -> limits.open() == before + 1);
        return kill;
    }
}
