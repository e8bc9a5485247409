package dev.weft.gossip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The settings of gossip")
class GossipSettingsTest {
    @Test
    @DisplayName("are complete in reference.conf but for the name of the cluster")
    void defaults() {
        GossipSettings settings = GossipSettings.from(config("weft.gossip.cluster = east"));
        assertThat(settings.spread().roundInterval()).isEqualTo(Duration.ofMillis(200));
        assertThat(settings.bind()).isEqualTo(new HostPort("127.0.0.1", 7001));
        GossipSettings told = settings.of("west", new HostPort("::1", 1), List.of(HostPort.parse("h:2")));
        assertThat(told.cluster()).isEqualTo("west");
        assertThat(told.seeds()).containsExactly(new HostPort("h", 2));
        assertThatThrownBy(() -> GossipSettings.from(config(""))).hasMessageContaining("cluster: ");
    }

    @Test
    @DisplayName("take a DNS label of at most 63 characters for the name of a cluster, nothing else (MCS-19)")
    void clusterNames() {
        for (String good : List.of("a", "east-1", "1", "x".repeat(63))) {
            assertThat(GossipSettings.from(config("weft.gossip.cluster = \"" + good + "\""))
                            .cluster())
                    .isEqualTo(good);
        }
        for (String bad : List.of("East", "-a", "a-", "a.b", "a_b", "x".repeat(64))) {
            assertThatThrownBy(() -> GossipSettings.from(config("weft.gossip.cluster = \"" + bad + "\"")))
                    .as(bad)
                    .hasMessageContaining("at most 63 lower-case letters");
        }
    }

    @Test
    @DisplayName("refuse a frame that cannot hold what a frame may hold")
    void bounds() {
        assertThatThrownBy(() -> GossipSettings.from(
                        config("weft.gossip.cluster = east\nweft.gossip.wire.frame-bytes = 700KiB")))
                .hasMessageContaining("frame-bytes");
    }

    private static Config config(String text) {
        return ConfigFactory.parseString(text).withFallback(ConfigFactory.defaultReference());
    }
}
