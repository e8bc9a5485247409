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
import java.util.HashSet;
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
    private final Set<ActorRef> up = new HashSet<>(Set.of(old, young));
    private Instant now = Instant.EPOCH;
    private final SettledAllocation allocation = new SettledAllocation(
            new MovesSeven(),
            new ArrivalSettings(Duration.ofSeconds(5), Duration.ofSeconds(120)),
            up::contains,
            () -> now);

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
    @DisplayName("stay where they are while a process that has joined has not come up, for two minutes at most")
    void comingUp() {
        up.remove(young);
        moved(old, young);
        now = now.plusSeconds(60);
        assertThat(moved(old, young)).isEmpty();
        up.add(young);
        assertThat(moved(old, young)).containsExactly("7");
        up.remove(young);
        now = now.plusSeconds(60);
        assertThat(moved(old, young)).containsExactly("7");
    }

    @Test
    @DisplayName("begin at once where they run nowhere, however new the process")
    void homeless() {
        assertThat(home(old, young)).isEqualTo(young);
    }

    @Test
    @DisplayName("do not begin in a process that has not come up, unless none has or it has been there for two minutes")
    void homelessWhileComingUp() {
        up.remove(young);
        assertThat(home(old, young)).isEqualTo(old);
        up.remove(old);
        assertThat(home(old, young)).isEqualTo(young);
        up.add(old);
        now = now.plusSeconds(120);
        assertThat(home(old, young)).isEqualTo(young);
    }

    private ActorRef home(ActorRef... regions) {
        return allocation
                .allocateShard(old, "3", allocations(regions))
                .value()
                .get()
                .get();
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
            return Futures.successful(allocations.containsKey(young) ? young : old);
        }

        @Override
        public Future<Set<String>> rebalance(Map<ActorRef, IndexedSeq<String>> allocations, Set<String> moving) {
            return Futures.successful(Set.of("7"));
        }
    }
}
