package dev.weft.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.api.authentication.User;
import dev.weft.api.rest.InFlight.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Requests in flight")
class InFlightTest {
    private final InFlight inFlight = new InFlight(new InFlight.Bounds(6, 3, 4, 2));

    private static User user(String name) {
        return new User(name, "", name.startsWith("node") ? List.of("weft:proxy-nodes") : List.of(), Map.of());
    }

    private boolean granted(String user, String method) {
        Place place = inFlight.begin(method);
        if (!place.grantedTo(user(user))) {
            place.end();
            return false;
        }
        return true;
    }

    private int granted(String user, String method, int wanted) {
        int granted = 0;
        for (int i = 0; i < wanted; i++) {
            granted += granted(user, method) ? 1 : 0;
        }
        return granted;
    }

    @Test
    @DisplayName("of one user leave room for the others")
    void byUser() {
        assertThat(granted("greedy", "GET", 9)).isEqualTo(4);
        assertThat(granted("other", "GET", 9)).isEqualTo(2);
        assertThat(granted("third", "GET", 1)).isZero();
    }

    @Test
    @DisplayName("that write leave room for reads")
    void writes() {
        assertThat(granted("one", "POST", 2) + granted("two", "DELETE", 2)).isEqualTo(3);
        assertThat(granted("two", "PATCH")).isFalse();
        assertThat(granted("two", "GET")).isTrue();
        assertThat(inFlight.writing()).isEqualTo(3);
        assertThat(inFlight.reading()).isEqualTo(1);
    }

    @Test
    @DisplayName("leave room for nodes when others are too many, and not without end")
    void system() {
        assertThat(granted("one", "GET", 4) + granted("two", "GET", 4)).isEqualTo(6);
        assertThat(granted("node-1", "GET", 1) + granted("node-2", "POST", 1)).isEqualTo(2);
        assertThat(granted("node-3", "GET")).isFalse();
        assertThat(inFlight.begin("GET").reserved()).isFalse();
    }

    @Test
    @DisplayName("make room when they end")
    void end() {
        List<Place> places = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Place place = inFlight.begin("GET");
            assertThat(place.grantedTo(user("one"))).isTrue();
            places.add(place);
        }
        assertThat(granted("one", "GET")).isFalse();
        places.get(0).end();
        assertThat(granted("one", "GET")).isTrue();
        places.subList(1, 4).forEach(Place::end);
        assertThat(inFlight.reading()).isEqualTo(1);
    }
}
