package dev.weft.registry.testbed;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The judge of histories refuses one in which")
class HistoryTest {
    private final History history = new History();
    private History.Epoch first = history.open("first", 0);
    private History.Epoch second = history.open("second", "a", 0);

    /** Everything fits: two objects, one of them gone again, seen by one who watches both and by one who watches one. */
    @BeforeEach
    void good() {
        history.acknowledged("ADDED", "a", 1, 1);
        history.acknowledged("ADDED", "b", 2, 1);
        history.acknowledged("MODIFIED", "a", 3, 2);
        history.acknowledged("DELETED", "b", 4, History.ABSENT);
        first = watched("first", "", 0);
        second = watched("second", "a", 0);
        assertThatCode(() -> history.check(Map.of("a", 2))).doesNotThrowAnyException();
    }

    private History.Epoch watched(String who, String scope, long since) {
        History.Epoch epoch = history.open(who, scope, since);
        if (since < 1) {
            history.saw(epoch, "ADDED", "a", 1);
        }
        if (scope.isEmpty()) {
            history.saw(epoch, "ADDED", "b", 2);
        }
        history.saw(epoch, "MODIFIED", "a", 3);
        if (scope.isEmpty()) {
            history.saw(epoch, "DELETED", "b", 4);
        }
        history.saw(epoch, "BOOKMARK", "", 5);
        return epoch;
    }

    private void isRefused(String why) {
        assertThatThrownBy(() -> history.check(Map.of("a", 2)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(why);
    }

    private void store(boolean all) {
        history.stored("ADDED", "a", 1);
        history.stored("ADDED", "b", 2);
        history.stored("MODIFIED", "a", 3);
        if (all) {
            history.stored("DELETED", "b", 4);
        }
    }

    @Test
    @DisplayName("an acknowledged write is not there")
    void lost() {
        assertThatThrownBy(() -> history.check(Map.of("a", 1))).hasMessageContaining("what is there of a: 1");
    }

    @Test
    @DisplayName("an acknowledged object is not there")
    void gone() {
        assertThatThrownBy(() -> history.check(Map.of())).hasMessageContaining("what is there of a: -1");
    }

    @Test
    @DisplayName("something is there that nobody wrote; but not what may be there of a write that was not confirmed")
    void unknown() {
        assertThatThrownBy(() -> history.check(Map.of("a", 2, "c", 1))).hasMessageContaining("somebody wrote");
        history.doubtful("c", Set.of(History.ABSENT, 1));
        assertThatCode(() -> history.check(Map.of("a", 2, "c", 1))).doesNotThrowAnyException();
        assertThatCode(() -> history.check(Map.of("a", 2))).doesNotThrowAnyException();
    }

    @Test
    @DisplayName("the version of an object falls, or one is given twice")
    void versions() {
        history.acknowledged("MODIFIED", "a", 2, 2);
        isRefused("version 2 was given to ADDED b and to a");
        isRefused("a went from version 3 to 2");
    }

    @Test
    @DisplayName("a watcher misses an event")
    void missed() {
        History.Epoch epoch = history.open("third", 2);
        history.saw(epoch, "DELETED", "b", 4);
        isRefused("third from 2 to 4");
    }

    @Test
    @DisplayName("a watcher sees an event twice, one from before its bookmark, or bookmarks that fall")
    void twice() {
        history.saw(first, "MODIFIED", "a", 5);
        history.saw(second, "BOOKMARK", "", 4);
        isRefused("first: MODIFIED a of 5 after 5");
        isRefused("second: a bookmark of 4 after 5");
    }

    @Test
    @DisplayName("the store does not hold what was acknowledged or seen, or holds versions that fall")
    void notStored() {
        store(false);
        isRefused("version 4 was DELETED b");
        history.stored("MODIFIED", "a", 2);
        isRefused("stored of a: version 3, then 2");
    }

    @Test
    @DisplayName("someone is shown what was not there at that version")
    void pictures() {
        store(true);
        history.listed("reader", "", 3, Map.of("a", 3L, "b", 2L));
        assertThatCode(() -> history.check(Map.of("a", 2))).doesNotThrowAnyException();
        history.listed("late reader", "", 4, Map.of("a", 3L, "b", 2L));
        isRefused("late reader at 4");
    }

    @Test
    @DisplayName("a former owner of a shard writes")
    void owners() {
        history.owned("0", "one");
        history.owned("0", "one");
        history.owned("1", "two");
        history.owned("0", "two");
        assertThatCode(() -> history.check(Map.of("a", 2))).doesNotThrowAnyException();
        history.owned("0", "one");
        isRefused("shard 0: one wrote after two had followed it");
    }
}
