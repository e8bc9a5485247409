package dev.weft.deploy.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.gossip.HostPort;
import dev.weft.registry.testbed.SilentGossip;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What the Nodes of a cluster say of their gossip")
class GossipBesideTest {
    private final Heard heard = new Heard();
    private final GossipBeside follower = new GossipBeside(heard, "one");

    @Test
    @DisplayName("reaches gossip, without this process itself, whenever it changes and only then")
    void told() {
        follower.replaced(List.of(node("one", "10.0.0.1:7001"), node("two", "10.0.0.2:7001"), node("laptop", "")));
        assertThat(heard.last()).isEqualTo(Set.of("10.0.0.2:7001"));
        follower.changed(node("two", "10.0.0.2:7001"));
        assertThat(heard.told).hasSize(1);
        follower.changed(node("three", "10.0.0.3:7001"));
        assertThat(heard.last()).isEqualTo(Set.of("10.0.0.2:7001", "10.0.0.3:7001"));
        follower.changed(node("two", "10.0.0.9:7001"));
        assertThat(heard.last()).isEqualTo(Set.of("10.0.0.9:7001", "10.0.0.3:7001"));
        follower.deleted(node("three", "10.0.0.3:7001"));
        assertThat(heard.last()).isEqualTo(Set.of("10.0.0.9:7001"));
        follower.unavailable("the registry is away");
        assertThat(heard.told).hasSize(4);
        follower.replaced(List.of(node("three", "10.0.0.3:7001")));
        assertThat(heard.last()).isEqualTo(Set.of("10.0.0.3:7001"));
    }

    @Test
    @DisplayName("counts for nothing where it is no address")
    void nonsense() {
        follower.replaced(List.of(node("two", "somewhere")));
        assertThat(heard.last()).isEmpty();
    }

    private static JsonNode node(String name, String gossip) {
        return new NodeObjects(name, "", "10.0.0.1", gossip, "", "1.0", new NodeCapacity(1, 1)).node(Instant.EPOCH);
    }

    /** Gossip that only remembers what it is told of processes. */
    private static final class Heard extends SilentGossip {
        private final List<Set<String>> told = new ArrayList<>();

        Set<String> last() {
            return told.get(told.size() - 1);
        }

        @Override
        public void beside(Collection<HostPort> processes) {
            told.add(processes.stream().map(HostPort::toString).collect(java.util.stream.Collectors.toSet()));
        }
    }
}
