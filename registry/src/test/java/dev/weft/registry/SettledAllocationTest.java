package dev.weft.registry;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.ActorRef;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.javadsl.Adapter;
import akka.cluster.sharding.ShardCoordinator.AbstractShardAllocationStrategy;
import akka.dispatch.Futures;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import scala.collection.immutable.IndexedSeq;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;

@DisplayName("Shards that run somewhere")
class SettledAllocationTest {
    private static final ActorTestKit KIT = ActorTestKit.create(ConfigFactory.load("none"));

    private final ActorRef old = Adapter.toClassic(KIT.createTestProbe().ref());
    private final ActorRef young = Adapter.toClassic(KIT.createTestProbe().ref());
    private Instant now = Instant.EPOCH;
    private final SettledAllocation allocation =
            new SettledAllocation(new MovesSeven(), Duration.ofSeconds(5), () -> now);

    @AfterAll
    static void end() {
        KIT.shutdownTestKit();
    }

    @Test
    @DisplayName("move to a process only once it has been there for a while")
    void settle() {
        assertThat(moved(old)).isEmpty();
        now = now.plusSeconds(5);
        assertThat(moved(old)).containsExactly("7");
        assertThat(moved(old, young)).isEmpty();
        now = now.plusSeconds(4);
        assertThat(moved(old, young)).isEmpty();
        now = now.plusSeconds(1);
        assertThat(moved(old, young)).containsExactly("7");
    }

    @Test
    @DisplayName("wait anew for one that went and came back")
    void again() {
        moved(old, young);
        now = now.plusSeconds(5);
        assertThat(moved(old)).containsExactly("7");
        assertThat(moved(old, young)).isEmpty();
    }

    @Test
    @DisplayName("do not hold back those that run nowhere")
    void homeless() {
        assertThat(allocation
                        .allocateShard(old, "3", allocations(old, young))
                        .value()
                        .get()
                        .get())
                .isEqualTo(young);
    }

    private Set<String> moved(ActorRef... regions) {
        return CollectionConverters.asJava(
                allocation.rebalance(allocations(regions), none()).value().get().get());
    }

    private static scala.collection.immutable.Set<String> none() {
        return CollectionConverters.asScala(Set.<String>of()).toSet();
    }

    private static scala.collection.immutable.Map<ActorRef, IndexedSeq<String>> allocations(ActorRef... regions) {
        Map<ActorRef, IndexedSeq<String>> held = new LinkedHashMap<>();
        for (ActorRef region : regions) {
            held.put(region, CollectionConverters.asScala(List.<String>of()).toIndexedSeq());
        }
        return scala.collection.immutable.Map.from(CollectionConverters.asScala(held));
    }

    private final class MovesSeven extends AbstractShardAllocationStrategy {
        @Override
        public Future<ActorRef> allocateShard(
                ActorRef requester, String shard, Map<ActorRef, IndexedSeq<String>> allocations) {
            return Futures.successful(young);
        }

        @Override
        public Future<Set<String>> rebalance(Map<ActorRef, IndexedSeq<String>> allocations, Set<String> moving) {
            return Futures.successful(Set.of("7"));
        }
    }
}
