package dev.weft.registry.controller;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import dev.weft.registry.endpoints.FakeShard;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An address object")
class OrphanActorTest {
    private static final ActorTestKit KIT = ActorTestKit.create("orphan-actor-test", ManualTime.config());
    private static final ResourceType ADDRESSES = new ResourceType("networking.k8s.io", "ipaddresses");
    private static final ResourceType SERVICES = new ResourceType("", "services");
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final String CLAIM =
            "{'spec':{'parentRef':{'group':'','resource':'services','namespace':'ns','name':'web'}}}";

    private final ManualTime time = ManualTime.get(KIT.system());
    private final Map<ResourceKey, Resource> stored = new ConcurrentHashMap<>();
    private final TestProbe<String> deleted = KIT.createTestProbe(String.class);
    private final FakeShard objects = new FakeShard(null);
    private final ActorRef<OrphanActor.Command> actor = KIT.spawn(OrphanActor.ofAddressParents(new OrphanActor.Ports(
            key -> CompletableFuture.completedFuture(Optional.ofNullable(stored.get(key))),
            (key, uid) -> {
                deleted.getRef().tell(key.name() + " " + uid);
                return CompletableFuture.completedFuture(uid);
            },
            GRACE)));

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @Test
    @DisplayName("whose Service never came to be is freed after the grace, and not before")
    void freed() {
        Resource claim = objects.put(ADDRESSES, "10.0.0.7", CLAIM);
        actor.tell(new OrphanActor.Changed(claim.key(), claim));
        time.expectNoMessageFor(GRACE.minusSeconds(1), deleted);
        time.timePasses(Duration.ofSeconds(2));
        assertThat(deleted.receiveMessage()).isEqualTo("10.0.0.7 " + claim.uid());
    }

    @Test
    @DisplayName("stays while its Service exists, and is freed once that is deleted")
    void follows() {
        Resource claim = objects.put(ADDRESSES, "10.0.0.7", CLAIM);
        Resource service = objects.put(SERVICES, "web", "{}");
        stored.put(service.key(), service);
        actor.tell(new OrphanActor.Changed(claim.key(), claim));
        actor.tell(new OrphanActor.Changed(service.key(), service));
        time.expectNoMessageFor(GRACE.multipliedBy(3), deleted);
        stored.clear();
        actor.tell(new OrphanActor.Changed(service.key(), null));
        time.expectNoMessageFor(GRACE.minusSeconds(1), deleted);
        time.timePasses(Duration.ofSeconds(2));
        assertThat(deleted.receiveMessage()).startsWith("10.0.0.7");
    }
}
