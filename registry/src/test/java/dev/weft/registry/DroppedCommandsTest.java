package dev.weft.registry;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.ActorRef;
import akka.actor.ActorSystem;
import akka.actor.DeadLetter;
import akka.actor.Dropped;
import akka.cluster.sharding.typed.ShardingEnvelope;
import dev.weft.registry.shard.ShardCommand;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("what sharding lets fall")
class DroppedCommandsTest {
    private static final ShardingEnvelope<ShardCommand> COMMAND =
            new ShardingEnvelope<>("7", new ShardCommand.HandOver());
    private static final String MOVED = "Avoiding reordering of buffered messages at shard handoff";

    private final ActorSystem system = ActorSystem.create("dropped");
    private final ActorRef nobody = system.deadLetters();

    @AfterEach
    void end() {
        system.terminate();
    }

    @Test
    @DisplayName("while a shard moves is sent again, whichever way it is told")
    void moved() {
        Dropped dropped = new Dropped(COMMAND, MOVED, nobody, nobody);
        assertThat(DroppedCommands.command(dropped)).contains(COMMAND);
        assertThat(DroppedCommands.command(new DeadLetter(dropped, nobody, nobody)))
                .contains(COMMAND);
    }

    @Test
    @DisplayName("for any other reason, or to anybody else, is not")
    void other() {
        assertThat(DroppedCommands.command(new Dropped(COMMAND, "Buffer is full", nobody, nobody)))
                .isEmpty();
        assertThat(DroppedCommands.command(new DeadLetter(COMMAND, nobody, nobody)))
                .isEmpty();
        assertThat(DroppedCommands.command(new Dropped("news", MOVED, nobody, nobody)))
                .isEmpty();
    }

    @Test
    @DisplayName("is told by Akka with just these words")
    void words() throws IOException {
        try (InputStream region = Dropped.class.getResourceAsStream("/akka/cluster/sharding/ShardRegion.class")) {
            assertThat(new String(region.readAllBytes(), StandardCharsets.ISO_8859_1))
                    .contains(MOVED);
        }
    }
}
