package dev.weft.registry.shard;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.gossip.clock.HybridClock;
import dev.weft.gossip.clock.HybridTimestamp;
import dev.weft.registry.resource.Admission;
import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.Derivation;
import dev.weft.registry.resource.DerivedWrite;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.resource.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides batches of commands for one shard. No I/O: what it says must be persisted before it is true. It remembers
 * between batches what can be rebuilt from the state (indexes of reconcilers, the clock), so after a failed persist it
 * must be thrown away.
 */
public final class ShardDecision {
    private static final Logger LOG = LoggerFactory.getLogger(ShardDecision.class);
    private static final int DERIVATION_ROUNDS = 16;
    private static final List<String> FIRST_NAMESPACES =
            List.of("default", "kube-system", "kube-public", "kube-node-lease");

    private final int shard;
    private final ShardContext context;
    private final HybridClock clock;
    private final Duration clockReserve;
    private final boolean takeOver;
    private final List<Derivation> derivations;
    private final NamespaceLife namespaces;
    private final WriteDecision writes;
    private final DerivedStep derived;
    private final Allocations allocations;
    private boolean started;

    /** @param state what was recovered */
    public ShardDecision(
            int shard, ShardContext context, Admission admission, ShardSettings settings, ShardState state) {
        this.shard = shard;
        this.context = context;
        this.clockReserve = settings.clockReserve();
        this.takeOver = settings.takeOver();
        clock = new HybridClock(
                context.clock(), shard, new HybridTimestamp(Math.max(state.version(), state.clockFloor())));
        derivations = context.derivations().get();
        namespaces = new NamespaceLife(context.kinds(), settings.namespaceStep());
        writes = new WriteDecision(context, admission, namespaces, settings.objectBytes());
        derived = new DerivedStep(context, namespaces);
        allocations = new Allocations(context.ranges(), context.random());
    }

    /**
     * What a batch comes to.
     *
     * @param event to be persisted; empty if nothing changes
     * @param changes what the event changes
     * @param after the state once the event is persisted
     * @param answers one for each command, in order: {@link ShardCommand.Submitted}, {@link ShardCommand.Derived} or
     *     {@link ShardCommand.Allocated}; true once the event is on disk
     * @param unfinished whether another batch, of no commands, should follow at once
     */
    public record Decided(
            Optional<ShardEvent> event,
            List<Change> changes,
            ShardState after,
            List<Answer> answers,
            boolean unfinished) {
        public Decided {
            changes = List.copyOf(changes);
            answers = List.copyOf(answers);
        }
    }

    /** What became of one command. */
    public sealed interface Answer {
        record ToSubmit(ShardCommand.Submitted submitted) implements Answer {}

        record ToDerive(ShardCommand.Derived derived) implements Answer {}

        record None() implements Answer {}

        record ToAllocate(ShardCommand.Allocated allocated) implements Answer {}
    }

    /**
     * Decides commands one after the other, each against the state that the ones before leave behind.
     *
     * @param closed versions begin after this one, since it was closed to followers
     */
    public Decided decide(ShardState state, List<ShardCommand> commands, long closed) {
        clock.observe(new HybridTimestamp(closed));
        ShardStep step = new ShardStep(state, clock);
        boolean mark = takeOver && !started;
        // What reconcilers were told when they started is not told again.
        int told = started ? 0 : start(step);
        List<Answer> answers = new ArrayList<>();
        for (ShardCommand command : commands) {
            answers.add(answer(step, command));
        }
        boolean unfinished = conclude(step, told);
        Optional<ShardEvent> event = event(step, closed, mark);
        ShardState after =
                event.isEmpty() ? state : step.state().reserving(event.get().clockFloor());
        return new Decided(event, step.changes(), after, settled(answers, step), unfinished);
    }

    private Answer answer(ShardStep step, ShardCommand command) {
        if (command instanceof ShardCommand.Submit submit) {
            return new Answer.ToSubmit(submitted(step, submit));
        }
        if (command instanceof ShardCommand.Derive derive) {
            derive.writes().forEach(write -> derived.apply(step, write));
            return new Answer.ToDerive(new ShardCommand.Derived(0));
        }
        if (command instanceof ShardCommand.Allocate allocate) {
            if (allocate.dryRun()) {
                return new Answer.ToAllocate(allocations.rehearse(step, allocate.claims()));
            }
            clock.observe(new HybridTimestamp(allocate.after()));
            return new Answer.ToAllocate(allocations.allocate(step, derived, allocate.claims()));
        }
        if (command instanceof ShardCommand.Release release) {
            allocations.release(step, derived, release.grants(), release.before());
            return new Answer.None();
        }
        throw new IllegalArgumentException("not a command that is decided: " + command);
    }

    /** A write that trips over a fault of ours costs its sender an answer, not everyone else the shard. */
    private ShardCommand.Submitted submitted(ShardStep step, ShardCommand.Submit submit) {
        ShardStep.Mark mark = step.mark();
        try {
            return writes.decide(step, submit.write(), submit.grants(), submit.prepared());
        } catch (RuntimeException e) {
            step.rollBack(mark);
            LOG.error(
                    "Shard {}: a write to {} could not be decided",
                    shard,
                    submit.write().key(),
                    e);
            return new ShardCommand.Submitted.Decided(new Write.Outcome.Refused(Refusal.of(
                    Refusal.Reason.InternalError,
                    submit.write().key(),
                    submit.write().key() + ": not decided because of a fault of the registry: " + e)));
        }
    }

    /** Derived answers name the version after the whole batch. */
    private static List<Answer> settled(List<Answer> answers, ShardStep step) {
        return answers.stream()
                .map(answer -> answer instanceof Answer.ToDerive
                        ? new Answer.ToDerive(new ShardCommand.Derived(step.version()))
                        : answer)
                .toList();
    }

    private int start(ShardStep step) {
        started = true;
        namespaces.start(step.state());
        allocations.start(step.state());
        makeFirstNamespaces(step);
        List<Resource> everything = new ArrayList<>();
        step.state().objects().all().forEach(everything::add);
        List<DerivedWrite> overdue = new ArrayList<>();
        derivations.forEach(derivation -> overdue.addAll(derivation.start(step, everything)));
        int told = step.changes().size();
        overdue.forEach(write -> derived.apply(step, write));
        return told;
    }

    private void makeFirstNamespaces(ShardStep step) {
        for (String name : FIRST_NAMESPACES) {
            ResourceKey key = new ResourceKey(Placement.NAMESPACES, "", name);
            ResourceKind kind = context.kinds().find(Placement.NAMESPACES);
            if (kind != null && context.placement().shardOf(key) == shard && step.get(key) == null) {
                ObjectNode object = JsonNodeFactory.instance.objectNode();
                object.put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
                object.putObject("metadata").put("name", name);
                writes.decide(
                        step, new Write.Create(key, JsonBytes.of(object), Write.Options.DEFAULT), List.of(), null);
            }
        }
    }

    /** Lets namespaces go and reconcilers follow, until nothing follows any more. */
    private boolean conclude(ShardStep step, int told) {
        derive(step, told);
        int due = step.changes().size();
        List<DerivedWrite> overdue = new ArrayList<>();
        derivations.forEach(derivation -> overdue.addAll(derivation.due(step)));
        overdue.forEach(write -> derived.apply(step, write));
        derive(step, due);
        namespaces.note(step.changes());
        int before = step.changes().size();
        boolean unfinished = namespaces.advance(step, context.clock().instant());
        if (step.changes().stream().anyMatch(ShardDecision::removesNamespace)) {
            // The one of them that may be deleted comes back, empty, as in Kubernetes.
            makeFirstNamespaces(step);
        }
        derive(step, before);
        return unfinished;
    }

    private static boolean removesNamespace(Change change) {
        return change.after() == null && change.key().type().equals(Placement.NAMESPACES);
    }

    private void derive(ShardStep step, int from) {
        int seen = from;
        for (int round = 0; seen < step.changes().size(); round++) {
            if (round == DERIVATION_ROUNDS) {
                throw new IllegalStateException("shard " + shard + ": reconcilers do not come to rest, last at "
                        + step.changes().get(seen).key());
            }
            List<Change> news =
                    List.copyOf(step.changes().subList(seen, step.changes().size()));
            seen = step.changes().size();
            List<DerivedWrite> wanted = new ArrayList<>();
            derivations.forEach(derivation -> wanted.addAll(derivation.derive(step, news)));
            wanted.forEach(write -> derived.apply(step, write));
        }
    }

    private Optional<ShardEvent> event(ShardStep step, long closed, boolean mark) {
        long version = Math.max(step.version(), closed);
        long floor = step.state().clockFloor();
        long reserve = HybridTimestamp.ofMillis(clockReserve.toMillis()).packed();
        boolean reserveAgain = version > floor || mark;
        if (step.entries().isEmpty() && !reserveAgain) {
            return Optional.empty();
        }
        return Optional.of(new ShardEvent(step.entries(), reserveAgain ? Math.max(floor, version + reserve) : floor));
    }
}
