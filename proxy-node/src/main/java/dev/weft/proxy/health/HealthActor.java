package dev.weft.proxy.health;

import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.proxy.view.ResourceFeed;
import dev.weft.proxy.view.ResourceWriter;
import dev.weft.proxy.view.ResourceWriter.Answer;
import dev.weft.proxy.view.ResourceWriter.Result;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks the endpoints of Services without a selector while it holds the Lease, and writes what it finds. Owns the
 * schedule of checks and what is known of each target; a restart loses these, and whoever checks next leaves the
 * conditions as they are until it knows better. Decisions are taken in {@link CheckSchedule}, {@link CheckedSlice} and
 * {@link LeaseElection}.
 */
public final class HealthActor extends AbstractBehavior<HealthActor.Command> {
    private static final Logger LOG = LoggerFactory.getLogger(HealthActor.class);
    private static final int RENEWALS_IN_A_LEASE = 4;
    private static final Duration RETRY = Duration.ofSeconds(1);

    /** What the actor understands. */
    public sealed interface Command {}

    /** There is news of what to check, or a time has come. */
    private enum Due implements Command {
        NEWS,
        TICK,
        STOP
    }

    private record Probed(ProbeTarget target, ProbeResult result) implements Command {}

    private record LeaseRead(Answer answer) implements Command {}

    private record LeaseWritten(Answer answer, long askedNanos) implements Command {}

    private record Patched(String path, String version, Answer answer) implements Command {}

    /**
     * What it works with.
     *
     * @param identity of this process among all that may hold the Lease
     * @param nanos a monotonic clock, in nanoseconds
     */
    public record Parts(
            String identity,
            ResourceFeed feed,
            ResourceWriter writer,
            Prober prober,
            InstantSource clock,
            LongSupplier nanos,
            RandomGenerator random) {}

    private final HealthSettings settings;
    private final Parts parts;
    private final TimerScheduler<Command> timers;
    private final CheckBook book;
    private final List<ResourceFeed.Subscription> following;
    private final CheckSchedule schedule;
    private final LeaseElection election;
    private final String leases;
    private final Map<String, String> patchedFrom = new HashMap<>();
    private final Set<String> forbidden = new HashSet<>();
    private String lacking = "";
    private List<CheckedSlice> slices = List.of();
    private @Nullable JsonNode lease;
    private boolean leading;
    private boolean electing;
    private boolean changed;
    private long electionDueNanos;
    private int inFlight;

    /** Follows the feed, and checks when there is something to check and nobody else does. */
    public static Behavior<Command> create(HealthSettings settings, Parts parts) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new HealthActor(context, timers, settings, parts)));
    }

    /** Asks the actor to end and to give the Lease back. */
    public static Command stop() {
        return Due.STOP;
    }

    private HealthActor(
            ActorContext<Command> context, TimerScheduler<Command> timers, HealthSettings settings, Parts parts) {
        super(context);
        this.settings = settings;
        this.parts = parts;
        this.timers = timers;
        this.schedule = new CheckSchedule(parts.random());
        this.election = new LeaseElection(
                parts.identity(), settings.leaseNamespace(), settings.leaseName(), settings.leaseDuration());
        this.leases = "/apis/coordination.k8s.io/v1/namespaces/" + settings.leaseNamespace() + "/leases";
        this.electionDueNanos = parts.nanos().getAsLong();
        var self = context.getSelf();
        this.book = new CheckBook(settings.defaults(), () -> self.tell(Due.NEWS));
        this.following = List.of(
                parts.feed().follow("/api/v1/services", book.services()),
                parts.feed().follow("/apis/discovery.k8s.io/v1/endpointslices", book.slices()));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessageEquals(Due.NEWS, this::onNews)
                .onMessageEquals(Due.TICK, this::step)
                .onMessageEquals(Due.STOP, this::onStop)
                .onMessage(Probed.class, this::onProbed)
                .onMessage(LeaseRead.class, this::onLeaseRead)
                .onMessage(LeaseWritten.class, this::onLeaseWritten)
                .onMessage(Patched.class, this::onPatched)
                .onSignal(PostStop.class, signal -> onEnd())
                .build();
    }

    private Behavior<Command> onNews() {
        slices = book.read();
        changed = true;
        Set<String> present = new HashSet<>();
        slices.forEach(slice -> present.add(slice.path()));
        patchedFrom.keySet().retainAll(present);
        forbidden.retainAll(present);
        return step();
    }

    private Behavior<Command> onProbed(Probed probed) {
        inFlight--;
        ProbeTarget target = probed.target();
        Verdict before = schedule.verdict(target);
        if (schedule.result(target, probed.result().passed())) {
            changed = true;
            LOG.info(
                    "Endpoint {} was {}, is {}{}",
                    target,
                    before,
                    schedule.verdict(target),
                    probed.result().passed() ? "" : ": " + probed.result().reason());
        }
        return step();
    }

    private Behavior<Command> onLeaseRead(LeaseRead read) {
        Answer answer = read.answer();
        if (answer.result() != Result.DONE && answer.result() != Result.MISSING) {
            tellLacking(answer);
            return electionOver();
        }
        lease = answer.object();
        long now = parts.nanos().getAsLong();
        ObjectNode wanted = election.seen(lease, now, parts.clock().instant());
        if (wanted == null) {
            return electionOver();
        }
        CompletionStage<Answer> written = lease == null
                ? parts.writer().create(leases, wanted)
                : parts.writer().replace(leasePath(), wanted);
        getContext().pipeToSelf(written, (done, failure) -> new LeaseWritten(orFailed(done, failure), now));
        return this;
    }

    private Behavior<Command> onLeaseWritten(LeaseWritten written) {
        boolean done = written.answer().result() == Result.DONE;
        if (done) {
            lease = written.answer().object();
            lacking = "";
            changed |= patchedFrom.keySet().removeAll(forbidden); // the right may have been given meanwhile
        } else {
            tellLacking(written.answer());
        }
        election.wrote(done, written.askedNanos());
        return electionOver();
    }

    /** Once for each right: it is asked for again with every renewal. */
    private void tellLacking(Answer answer) {
        if (answer.result() == Result.FORBIDDEN && !answer.reason().equals(lacking)) {
            lacking = answer.reason();
            LOG.warn(
                    "Endpoints without a selector are not checked from here ({} slices), since the Lease of the checks is"
                            + " refused; give this proxy-node the right: {}",
                    slices.size(),
                    lacking);
        }
    }

    private Behavior<Command> onPatched(Patched patched) {
        if (patched.answer().result() == Result.FORBIDDEN) {
            if (forbidden.isEmpty()) {
                LOG.warn(
                        "{} cannot be told the health of its endpoints, nor can others perhaps; give this proxy-node the"
                                + " right: {}",
                        patched.path(),
                        patched.answer().reason());
            }
            forbidden.add(patched.path());
            return this;
        }
        forbidden.remove(patched.path());
        if (patched.answer().result() == Result.FAILED) {
            LOG.warn(
                    "{} could not be told the health of its endpoints: {}; tried again by itself",
                    patched.path(),
                    patched.answer().reason());
            patchedFrom.remove(patched.path(), patched.version());
            changed = true;
            timers.startSingleTimer(Due.TICK, RETRY);
        } // on a conflict there is a newer version, which the watch brings, and with it the next decision
        return this;
    }

    private Behavior<Command> onStop() {
        giveBack();
        return Behaviors.stopped();
    }

    private Behavior<Command> onEnd() {
        following.forEach(ResourceFeed.Subscription::stop);
        parts.prober().close();
        return this;
    }

    /** Does what is due now, and sees to it that it is called when the next thing is. */
    private Behavior<Command> step() {
        long now = parts.nanos().getAsLong();
        boolean leadingNow = !slices.isEmpty() && election.holds(now);
        if (leadingNow != leading) {
            leading = leadingNow;
            changed = true;
            LOG.info(
                    "{} the checks of endpoints without a selector ({} slices)",
                    leading ? "Taking over" : "No longer carrying out",
                    slices.size());
        }
        if (changed) {
            changed = false;
            schedule.keep(leading ? targets() : Set.of(), now);
            write();
        }
        if (leading) {
            schedule.due(now, settings.maxInFlight() - inFlight).forEach(this::probe);
        }
        if (slices.isEmpty()) {
            giveBack();
            return this;
        }
        if (!electing && now - electionDueNanos >= 0) {
            electing = true;
            CompletionStage<Answer> read = parts.writer().get(leasePath());
            getContext().pipeToSelf(read, (answer, failure) -> new LeaseRead(orFailed(answer, failure)));
        }
        sleep(now);
        return this;
    }

    private void sleep(long now) {
        long wake = electing ? now + settings.leaseDuration().toNanos() / RENEWALS_IN_A_LEASE : electionDueNanos;
        if (leading && inFlight < settings.maxInFlight()) {
            wake = Math.min(wake, schedule.nextNanos());
        }
        timers.startSingleTimer(Due.TICK, Duration.ofNanos(Math.max(1_000_000, wake - now)));
    }

    private Behavior<Command> electionOver() {
        electing = false;
        electionDueNanos = parts.nanos().getAsLong() + settings.leaseDuration().toNanos() / RENEWALS_IN_A_LEASE;
        return step();
    }

    private void probe(ProbeTarget target) {
        inFlight++;
        getContext()
                .pipeToSelf(
                        parts.prober().probe(target),
                        (result, failure) -> new Probed(
                                target, result == null ? ProbeResult.failed(String.valueOf(failure)) : result));
    }

    /** Each version of a slice is written from at most once; what came of it is seen when the watch brings the next. */
    private void write() {
        if (!leading) {
            return;
        }
        for (CheckedSlice slice : slices) {
            ArrayNode patch = slice.patch(schedule::verdict);
            String path = slice.path();
            if (patch != null && !slice.version().equals(patchedFrom.put(path, slice.version()))) {
                getContext()
                        .pipeToSelf(
                                parts.writer().patch(path, patch),
                                (done, failure) -> new Patched(path, slice.version(), orFailed(done, failure)));
            }
        }
    }

    private Set<ProbeTarget> targets() {
        Set<ProbeTarget> targets = new HashSet<>();
        for (CheckedSlice slice : slices) {
            for (ProbeTarget target : slice.targets()) {
                if (target != null) {
                    targets.add(target);
                }
            }
        }
        return targets;
    }

    private void giveBack() {
        JsonNode present = lease;
        lease = null;
        ObjectNode free = election.released(present, parts.clock().instant());
        if (free != null) {
            getContext().getLog().debug("giving the lease back");
            parts.writer().replace(leasePath(), free);
        }
    }

    private String leasePath() {
        return leases + "/" + settings.leaseName();
    }

    private static Answer orFailed(@Nullable Answer answer, @Nullable Throwable failure) {
        return answer == null ? new Answer(Result.FAILED, null, String.valueOf(failure)) : answer;
    }
}
