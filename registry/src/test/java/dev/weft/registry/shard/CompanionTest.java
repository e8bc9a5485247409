package dev.weft.registry.shard;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.Behaviors;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What runs beside a shard")
class CompanionTest {
    private static final ActorTestKit KIT = ActorTestKit.create("companion-test");

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    private record Begun(ActorRef<String> self) {}

    private static Behavior<String> fragile(ActorRef<Object> told) {
        return Behaviors.setup(context -> {
            told.tell(new Begun(context.getSelf()));
            return Behaviors.receive(String.class)
                    .onMessage(String.class, message -> {
                        throw new IllegalStateException(message);
                    })
                    .onSignal(PostStop.class, signal -> {
                        told.tell("stopped");
                        return Behaviors.same();
                    })
                    .build();
        });
    }

    private static ActorRef<String> begun(TestProbe<Object> told) {
        return told.expectMessageClass(Begun.class, Duration.ofSeconds(30)).self();
    }

    @Test
    @DisplayName("begins anew each time it fails, which is told once each time, and stops with the shard")
    void beginsAnew() {
        TestProbe<Object> told = KIT.createTestProbe();
        ActorRef<Void> companion =
                KIT.spawn(Companion.of(3, fragile(told.getRef()), Duration.ofMillis(10), Duration.ofMillis(20)));
        for (int failure = 0; failure < 3; failure++) {
            ActorRef<String> present = begun(told);
            LoggingTestKit.error("").withCustom(any -> true).withOccurrences(1).expect(KIT.system(), () -> {
                present.tell("cannot go on");
                told.expectMessage("stopped");
                return null;
            });
        }
        begun(told);
        KIT.stop(companion);
        told.expectMessage("stopped");
    }
}
