package dev.weft.registry.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.registry.allocation.Grant;
import dev.weft.registry.endpoints.EndpointsDerivation;
import dev.weft.registry.endpoints.FakeShard;
import dev.weft.registry.resource.Admission;
import dev.weft.registry.resource.Derivation;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.KindCatalog;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.resource.Samples;
import dev.weft.registry.resource.StandardKinds;
import dev.weft.registry.resource.Write;
import dev.weft.registry.resource.Write.Outcome;
import dev.weft.registry.shard.ShardCommand.Submitted;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One shard that owns everything, without actors, disk or wall clock: what it decides is true at once. */
final class DecidedShard {
    static final ResourceType CONFIG_MAPS = new ResourceType("", "configmaps");
    static final ResourceType SERVICES = new ResourceType("", "services");
    static final ResourceType PODS = new ResourceType("", "pods");
    private static final KindCatalog KINDS = StandardKinds.catalog(Samples.RANGES);
    private static final Admission ADMISSION = new Admission(KINDS);

    final List<ShardEvent> events = new ArrayList<>();
    Instant now = Instant.parse("2026-03-01T00:00:00Z");
    ShardState state = ShardState.EMPTY;
    private final ShardSettings settings;
    private final ShardContext context;
    private final InstantSource clock = () -> now;
    private ShardDecision decision;
    private int uids;

    DecidedShard(long seed) {
        this(seed, () -> List.of(new EndpointsDerivation()));
    }

    DecidedShard(long seed, Supplier<List<Derivation>> derivations) {
        settings = new ShardSettings(
                100,
                100,
                100,
                1 << 20,
                100,
                1 << 20,
                4,
                20_000,
                Duration.ofSeconds(5),
                7,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                false,
                Duration.ZERO);
        context = new ShardContext(
                new Placement(1), KINDS, Samples.RANGES, clock, new Random(seed), () -> "uid-" + ++uids, derivations);
        decision = fresh();
        settle(decide(List.of(), 0));
    }

    private ShardDecision fresh() {
        return new ShardDecision(0, context, ADMISSION, settings, state);
    }

    /** Forgets everything but the state, as a restart does. */
    void restart() {
        decision = fresh();
    }

    ShardSettings settings() {
        return settings;
    }

    ShardDecision.Decided decide(List<ShardCommand> commands, long closed) {
        ShardDecision.Decided decided = decision.decide(state, commands, closed);
        decided.event().ifPresent(event -> {
            events.add(event);
            assertThat(decided.changes()).isEqualTo(event.changes(state));
            state = state.after(event);
        });
        assertThat(decided.after().version()).isEqualTo(state.version());
        assertThat(decided.after().clockFloor()).isEqualTo(state.clockFloor());
        assertThat(decided.after().objects().all())
                .containsExactlyElementsOf(state.objects().all());
        return decided;
    }

    private void settle(ShardDecision.Decided decided) {
        for (boolean more = decided.unfinished();
                more;
                more = decide(List.of(), 0).unfinished()) {}
    }

    /** What the front door does: claims what is asked for, and writes again. */
    Outcome write(Write write) {
        List<Grant> grants = List.of();
        for (int round = 0; round < 4; round++) {
            Submitted submitted = submit(write, grants);
            if (submitted instanceof Submitted.Decided decided) {
                return decided.outcome();
            }
            Submitted.Unallocated missing = (Submitted.Unallocated) submitted;
            ShardCommand.Allocated allocated = allocate(missing);
            if (allocated instanceof ShardCommand.Allocated.Denied denied) {
                return new Outcome.Refused(denied.refusal());
            }
            List<Grant> all = new ArrayList<>(grants);
            all.addAll(((ShardCommand.Allocated.Granted) allocated).grants());
            grants = all;
        }
        throw new AssertionError("claims without end: " + write);
    }

    Submitted submit(Write write, List<Grant> grants) {
        ShardDecision.Decided decided = decide(List.of(new ShardCommand.Submit(write, grants, nobody())), 0);
        settle(decided);
        return ((ShardDecision.Answer.ToSubmit) decided.answers().get(0)).submitted();
    }

    ShardCommand.Allocated allocate(Submitted.Unallocated missing) {
        ShardDecision.Decided decided =
                decide(List.of(new ShardCommand.Allocate(missing.wanted(), missing.version(), false, nobody())), 0);
        return ((ShardDecision.Answer.ToAllocate) decided.answers().get(0)).allocated();
    }

    void release(List<Grant> grants, long before) {
        decide(List.of(new ShardCommand.Release(grants, before)), 0);
    }

    @SuppressWarnings("NullAway")
    private static <T> akka.actor.typed.ActorRef<T> nobody() {
        return null;
    }

    Outcome create(ResourceType type, String kind, String namespace, String name, String more) {
        return write(creation(type, kind, namespace, name, more));
    }

    static Write creation(ResourceType type, String kind, String namespace, String name, String more) {
        String json = "{'apiVersion':'v1','kind':'" + kind + "','metadata':{'name':'" + name + "'"
                + (namespace.isEmpty() ? "" : ",'namespace':'" + namespace + "'") + "}" + more + "}";
        return new Write.Create(
                new ResourceKey(type, namespace, name), JsonBytes.of(FakeShard.tree(json)), Write.Options.DEFAULT);
    }

    Outcome delete(ResourceKey key) {
        return write(new Write.Delete(key, Write.Deletion.DEFAULT, Write.Options.DEFAULT));
    }

    Optional<Resource> find(ResourceType type, String namespace, String name) {
        return Optional.ofNullable(state.objects().get(new ResourceKey(type, namespace, name)));
    }

    static Refusal refusal(@Nullable Outcome outcome) {
        return ((Outcome.Refused) java.util.Objects.requireNonNull(outcome)).refusal();
    }

    static Resource done(Outcome outcome) {
        if (outcome instanceof Outcome.Done done) {
            return done.object();
        }
        throw new AssertionError(outcome);
    }

    List<Resource> all() {
        List<Resource> all = new ArrayList<>();
        state.objects().all().forEach(all::add);
        return all;
    }
}
