package dev.weft.registry.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.registry.journal.StorageException;
import dev.weft.registry.shard.StoreTrouble.Reaction;
import dev.weft.registry.shard.StoreTrouble.Telling;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A shard whose store fails")
class StoreTroubleTest {
    private final Throwable damaged = new IllegalStateException(
            "wrapped", new StorageException(StorageException.Kind.CORRUPT, "read: 000045.sst offset 7"));

    private final StoreTrouble trouble = new StoreTrouble(Duration.ofSeconds(1), Duration.ofSeconds(5));

    private static Reaction after(int seconds, Telling telling) {
        return new Reaction(Duration.ofSeconds(seconds), telling);
    }

    @Test
    @DisplayName("by damage tells of it once, in a sentence, and tries again less and less often")
    void damage() {
        List<Reaction> reactions =
                Stream.generate(() -> trouble.failed(damaged)).limit(5).toList();
        assertThat(reactions)
                .containsExactly(
                        after(1, Telling.ERROR),
                        after(2, Telling.NOTHING),
                        after(4, Telling.NOTHING),
                        after(5, Telling.NOTHING),
                        after(5, Telling.NOTHING));
    }

    @Test
    @DisplayName("again after it took something tells of it again")
    void again() {
        trouble.failed(damaged);
        trouble.failed(damaged);
        trouble.over();
        assertThat(trouble.failed(damaged)).isEqualTo(after(1, Telling.ERROR));
    }

    @Test
    @DisplayName("in another way than before tells of that")
    void another() {
        trouble.failed(damaged);
        assertThat(trouble.failed(null)).isEqualTo(after(1, Telling.TRACE));
        assertThat(trouble.failed(null)).isEqualTo(after(1, Telling.NOTHING));
    }

    @Test
    @DisplayName("for want of room warns once, and tries again at the same pace: that may be over any time")
    void full() {
        StorageException full = new StorageException(StorageException.Kind.FULL, "full");
        assertThat(Stream.generate(() -> trouble.failed(full)).limit(3))
                .containsExactly(after(1, Telling.WARNING), after(1, Telling.NOTHING), after(1, Telling.NOTHING));
    }
}
