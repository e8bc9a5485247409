package dev.weft.registry;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import com.typesafe.config.ConfigFactory;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.watch.HubCommand;
import dev.weft.registry.watch.HubViews;
import dev.weft.registry.watch.VersionMatch;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A reader of a shard that cannot be loaded")
class ReaderTest {
    private static final RegistrySettings SETTINGS = RegistrySettings.of(
            ConfigFactory.parseString("weft.registry { read-timeout = 100 ms, version-timeout = 100 ms }")
                    .withFallback(ConfigFactory.load()));

    private final ActorTestKit kit = ActorTestKit.create();

    @AfterEach
    void end() {
        kit.shutdownTestKit();
    }

    @Test
    @DisplayName("hears which one it is, and where it is said why")
    void saysWhichShard() {
        Reader reader = new Reader(
                kit.system(),
                kit.<HubCommand>createTestProbe().ref(),
                new HubViews(16),
                InstantSource.system(),
                SETTINGS);

        Registry.Answer<?> answer = reader.get(
                        13,
                        new ResourceKey(RunningRegistry.CONFIG_MAPS, "default", "web"),
                        new VersionMatch.MostRecent())
                .toCompletableFuture()
                .join();

        assertThat(answer).isInstanceOfSatisfying(Registry.Answer.Refused.class, refused -> {
            Refusal refusal = refused.refusal();
            assertThat(refusal.reason()).isEqualTo(Refusal.Reason.Timeout);
            assertThat(refusal.message())
                    .isEqualTo("the registry did not answer within 100 ms: shards [13] are not loaded, the log of the"
                            + " process that keeps the data says why; try again");
        });
    }
}
