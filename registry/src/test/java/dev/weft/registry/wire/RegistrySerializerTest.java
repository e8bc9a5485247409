package dev.weft.registry.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Adapter;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.allocation.Claim;
import dev.weft.registry.allocation.Grant;
import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.DerivedWrite;
import dev.weft.registry.resource.FieldError;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.resource.Write;
import dev.weft.registry.shard.ShardCommand;
import dev.weft.registry.shard.ShardFeed;
import java.io.NotSerializableException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("What processes of a cluster say to each other")
class RegistrySerializerTest {
    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final ResourceKey SERVICE = new ResourceKey(new ResourceType("", "services"), "default", "web");
    private static final ResourceKey ADDRESS =
            new ResourceKey(new ResourceType("networking.k8s.io", "ipaddresses"), "", "127.96.0.9");
    private static final Claim CLAIM = new Claim("service-ipv4", "127.96.0.9", SERVICE, "spec.clusterIPs[0]");
    private static final Refusal REFUSAL = Refusal.invalid(
            SERVICE, "Service", List.of(FieldError.invalid("spec.ports[0].port", 0, "must be between 1 and 65535")));

    private static RegistrySerializer serializer;

    @BeforeAll
    static void start() {
        serializer = new RegistrySerializer((akka.actor.ExtendedActorSystem) Adapter.toClassic(KIT.system()));
    }

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    static Stream<Object> messages() {
        return Stream.of(commands(), answers(), feeds()).flatMap(List::stream);
    }

    @ParameterizedTest
    @MethodSource("messages")
    @DisplayName("comes out as it went in")
    void roundTrips(Object message) throws Exception {
        byte[] bytes = serializer.toBinary(message);

        assertThat(serializer.fromBinary(bytes, serializer.manifest(message))).isEqualTo(message);
    }

    @Test
    @DisplayName("has a sample here for every command, answer and feed there is")
    void samplesAreComplete() {
        Set<Class<?>> sampled = messages().map(Object::getClass).collect(Collectors.toSet());
        Set<Class<?>> permitted = Stream.of(
                        ShardCommand.class, ShardCommand.Submitted.class, ShardCommand.Allocated.class, ShardFeed.class)
                .flatMap(type -> Arrays.stream(type.getPermittedSubclasses()))
                .collect(Collectors.toSet());

        assertThat(sampled).containsAll(permitted);
    }

    @Test
    @DisplayName("is refused where a newer release says what this one does not know")
    void refusesUnknown() {
        assertThatThrownBy(() -> serializer.fromBinary(new byte[0], "unheard-of"))
                .isInstanceOf(NotSerializableException.class)
                .hasMessageContaining("unheard-of");
        assertThatThrownBy(() -> serializer.fromBinary(new byte[] {7, 7, 7}, "submit/1"))
                .isInstanceOf(NotSerializableException.class);
    }

    private static List<Object> commands() {
        ActorRef<ShardCommand.Submitted> submitted =
                KIT.<ShardCommand.Submitted>createTestProbe().ref();
        ActorRef<ShardCommand.Derived> derived =
                KIT.<ShardCommand.Derived>createTestProbe().ref();
        ActorRef<ShardCommand.Allocated> allocated =
                KIT.<ShardCommand.Allocated>createTestProbe().ref();
        ActorRef<ShardFeed> follower = KIT.<ShardFeed>createTestProbe().ref();
        Write.Options strict = new Write.Options(true, "kubectl", Write.FieldValidation.STRICT);
        Write.Deletion deletion = new Write.Deletion(
                Optional.of("u"), Optional.of("12"), Optional.of(Write.Propagation.FOREGROUND), Optional.of(0));
        return List.of(
                new ShardCommand.Submit(new Write.Create(SERVICE, json(1), strict), List.of(), submitted),
                new ShardCommand.Submit(
                        new Write.Update(SERVICE, "status", json(2), strict),
                        List.of(new Grant(CLAIM, "127.96.0.9")),
                        submitted),
                new ShardCommand.Submit(
                        new Write.Patch(
                                SERVICE,
                                "",
                                Write.PatchType.JSON_PATCH,
                                new Write.PatchBody(
                                        JsonNodeFactory.instance.arrayNode().add("op"), true, Write.Presence.THERE),
                                strict),
                        List.of(),
                        submitted),
                new ShardCommand.Submit(new Write.Delete(SERVICE, deletion, strict), List.of(), submitted),
                new ShardCommand.Submit(
                        new Write.Delete(SERVICE, Write.Deletion.DEFAULT, Write.Options.DEFAULT), List.of(), submitted),
                new ShardCommand.Derive(
                        List.of(new DerivedWrite.Put(SERVICE, tree(3)), new DerivedWrite.Remove(ADDRESS)), derived),
                new ShardCommand.Follow(7, follower),
                new ShardCommand.Close(5, 8, follower),
                new ShardCommand.Allocate(List.of(CLAIM), 9, true, allocated),
                new ShardCommand.Release(List.of(new Grant(CLAIM, "127.96.0.9")), 8),
                new ShardCommand.HandOver());
    }

    private static List<Object> answers() {
        return List.of(
                new ShardCommand.Submitted.Decided(
                        new Write.Outcome.Done(object(4), Write.Effect.MARKED_FOR_DELETION, "careful")),
                new ShardCommand.Submitted.Decided(new Write.Outcome.Done(object(4), Write.Effect.CREATED, null)),
                new ShardCommand.Submitted.Decided(new Write.Outcome.Refused(REFUSAL)),
                new ShardCommand.Submitted.Decided(new Write.Outcome.Refused(Refusal.badRequest("no"))),
                new ShardCommand.Submitted.Unallocated(List.of(CLAIM), 7),
                new ShardCommand.Derived(99),
                new ShardCommand.Allocated.Granted(List.of(new Grant(CLAIM, "127.96.0.9"))),
                new ShardCommand.Allocated.Denied(REFUSAL));
    }

    private static List<Object> feeds() {
        return List.of(
                new ShardFeed.Snapshot(3, List.of(object(5), object(6)), true, false, 6),
                new ShardFeed.Committed(
                        3,
                        6,
                        List.of(
                                new Change(null, object(7), 7),
                                new Change(object(7), object(8), 8),
                                new Change(object(8), null, 9)),
                        9),
                new ShardFeed.Closed(3, 5, 11, 9, true));
    }

    private static Resource object(long version) {
        return new Resource(SERVICE, "uid-1", version, Map.of("app", "web"), json(version));
    }

    private static JsonBytes json(long version) {
        return JsonBytes.of(tree(version));
    }

    private static ObjectNode tree(long version) {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.put("kind", "Service").putObject("metadata").put("resourceVersion", String.valueOf(version));
        return tree;
    }
}
