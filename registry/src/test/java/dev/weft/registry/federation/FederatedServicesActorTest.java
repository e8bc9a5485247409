package dev.weft.registry.federation;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import dev.weft.gossip.FederationEvent;
import dev.weft.gossip.Origin;
import dev.weft.registry.testbed.SilentGossip;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Who answers what all clusters export")
class FederatedServicesActorTest {
    private static final Duration KEPT = Duration.ofMinutes(2);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ActorTestKit kit = ActorTestKit.create(ManualTime.config());
    private final ManualTime time = ManualTime.get(kit.system());
    private final TestProbe<ActorRef<FederationEvent>> followers = kit.createTestProbe();
    private final TestProbe<FederatedServicesActor.Services> answers = kit.createTestProbe();
    private final ActorRef<FederatedServicesActor.Command> actor =
            kit.spawn(FederatedServicesActor.create(new FollowedGossip(), KEPT));

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    @DisplayName("follows gossip only while somebody asks, and knows all again when somebody does")
    void onlyWhileAsked() {
        followers.expectNoMessage(Duration.ZERO);

        assertThat(names(ask())).containsExactly("web");
        ActorRef<FederationEvent> first = followers.receiveMessage(PATIENCE);
        time.timePasses(KEPT.minusSeconds(1));
        assertThat(names(ask())).containsExactly("web");
        time.timePasses(KEPT.minusSeconds(1));
        followers.expectNoMessage(Duration.ZERO);
        TestProbe<Object> watcher = kit.createTestProbe();
        time.timePasses(Duration.ofSeconds(2));
        watcher.expectTerminated(first, PATIENCE);

        assertThat(names(ask())).containsExactly("web");
        assertThat(followers.receiveMessage(PATIENCE)).isNotEqualTo(first);
    }

    private FederatedServicesActor.Services ask() {
        actor.tell(new FederatedServicesActor.GetServices(answers.ref()));
        return answers.receiveMessage(PATIENCE);
    }

    private static List<String> names(FederatedServicesActor.Services answer) {
        return answer.services().stream().map(service -> service.name()).toList();
    }

    /** Tells each follower the same. */
    private final class FollowedGossip extends SilentGossip {
        @Override
        public void follow(ActorRef<FederationEvent> follower) {
            followers.ref().tell(follower);
            follower.tell(new FederationEvent.OriginState(
                    new Origin("west", 3, 1), List.of(ImportBookTest.service(5, ImportMergeTest.HTTP))));
            follower.tell(new FederationEvent.CaughtUp());
        }
    }
}
