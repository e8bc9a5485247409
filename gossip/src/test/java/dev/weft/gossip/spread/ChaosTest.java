package dev.weft.gossip.spread;

import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything that can go wrong at once, in virtual time, the same for the same seed. Here some seeds; {@code
 * deploy/bench/federation seeds FIRST COUNT} runs thousands, and {@code deploy/bench/federation seeds N 1} one of them
 * again.
 */
@DisplayName("A federation, after partitions, loss, crashes, lost disks, clocks that are off, joins and leaves,")
class ChaosTest {
    static LongStream seeds() {
        long first = Long.getLong("weft.seeds.first", 1);
        return LongStream.range(first, first + Long.getLong("weft.seeds.count", 16));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName(
            "is equal byte by byte after some quiet, with nothing that was withdrawn and nothing that nobody signed")
    void survives(long seed) {
        new Chaos(seed).run();
    }
}
