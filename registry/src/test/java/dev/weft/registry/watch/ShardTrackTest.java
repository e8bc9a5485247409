package dev.weft.registry.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What a hub knows of a shard: a gap")
class ShardTrackTest {
    private static final Instant NOW = Instant.EPOCH;

    private final List<Long> follows = new ArrayList<>();
    private final List<Long> questions = new ArrayList<>();
    private final ShardTrack track = new ShardTrack(
            2,
            new ShardLink() {
                @Override
                public void follow(int shard, long since) {
                    follows.add(since);
                }

                @Override
                public void close(int shard, long question, long version) {
                    questions.add(question);
                }
            },
            Duration.ofSeconds(1));

    @BeforeEach
    void begin() {
        assertThat(track.take(new HubCommand.ShardSnapshot(2, List.of(), true, true, 10)))
                .isTrue();
    }

    @Test
    @DisplayName("is asked for once, however many batches behind it arrive")
    void once() {
        for (int i = 0; i < 1_000; i++) {
            track.missed();
        }
        assertThat(follows).containsExactly(10L);
        track.committed(20);
        track.missed();
        assertThat(follows).containsExactly(10L, 20L);
    }

    @Test
    @DisplayName("is not asked for again by an answer to a question from before")
    void earlierQuestion() {
        track.remind(NOW);
        track.missed();
        track.behind(questions.get(0), true);
        assertThat(follows).containsExactly(10L);
    }

    @Test
    @DisplayName("that was asked for in vain is filled from the beginning")
    void fromTheBeginning() {
        track.missed();
        track.remind(NOW);
        track.behind(questions.get(0), true);
        assertThat(follows).containsExactly(10L, 0L);
        assertThat(track.known()).isFalse();
    }

    @Test
    @DisplayName("of a shard that began anew is asked for from where the hub is")
    void anew() {
        track.remind(NOW);
        track.behind(questions.get(0), false);
        assertThat(follows).containsExactly(10L);
        track.complete();
        track.missed();
        assertThat(follows).containsExactly(10L, 10L);
    }
}
