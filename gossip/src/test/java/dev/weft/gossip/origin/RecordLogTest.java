package dev.weft.gossip.origin;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A log of records")
class RecordLogTest {
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    @DisplayName("holds what a sorted map of numbers would, whatever comes and goes in whatever order")
    void likeASortedMap(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        RecordLog log = new RecordLog();
        NavigableMap<Long, OriginRecord> model = new TreeMap<>();
        for (int step = 0; step < 3_000; step++) {
            // Mostly the newest comes, mostly something goes; sometimes the order is broken, or a number comes again.
            long newest = model.isEmpty() ? 1 : model.lastKey() + 1 + random.nextInt(3);
            long number = random.nextInt(8) == 0 ? 1 + random.nextLong(newest) : newest;
            if (random.nextInt(5) < 3) {
                OriginRecord record =
                        new OriginRecord("k" + random.nextInt(50), number, 0, ByteString.fromString("v" + step));
                log.add(record);
                model.put(number, record);
            } else {
                long gone = 1 + random.nextLong(newest);
                log.remove(gone);
                model.remove(gone);
            }
            long after = random.nextLong(newest);
            assertThat(log.size()).as("step %s", step).isEqualTo(model.size());
            assertThat(log.countAfter(after))
                    .as("step %s", step)
                    .isEqualTo(model.tailMap(after, false).size());
            assertThat(all(log.after(after)))
                    .as("step %s, after %s", step, after)
                    .isEqualTo(List.copyOf(model.tailMap(after, false).values()));
        }
    }

    private static List<OriginRecord> all(Iterator<OriginRecord> walk) {
        List<OriginRecord> all = new ArrayList<>();
        walk.forEachRemaining(all::add);
        return all;
    }
}
