package dev.weft.registry;

import akka.Done;
import akka.actor.Address;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.ClusterEvent.MemberRemoved;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.cluster.typed.JoinSeedNodes;
import akka.cluster.typed.SelfUp;
import akka.cluster.typed.Subscribe;
import dev.weft.gossip.HostPort;
import dev.weft.registry.journal.Attendance;
import java.time.InstantSource;
import java.util.List;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Brings a process into the cluster of those that share its store, and keeps its entry in their list. A store that does not
 * answer is asked again; nobody begins a cluster meanwhile.
 */
final class GatheringActor extends AbstractBehavior<GatheringActor.Message> {

    /** What it hears. */
    sealed interface Message {}

    /** Strikes the process off the list; nothing is reported afterwards. */
    record Leave(ActorRef<Done> replyTo) implements Message {}

    private record Beat() implements Message {}

    private record Listed(List<Attendance.Entry> entries) implements Message {}

    private record Begun(boolean allowed) implements Message {}

    private record Unanswered(Throwable why) implements Message {}

    private record Up() implements Message {}

    private record Removed(Address address) implements Message {}

    private record Struck(ActorRef<Done> replyTo) implements Message {}

    private final Attendance attendance;
    private final GatheringSettings settings;
    private final InstantSource clock;
    private final Cluster cluster;
    private final String own;
    private final Gathering gathering;
    private final TimerScheduler<Message> timers;
    private boolean joined;
    private boolean silent;
    private boolean unanswered;
    private List<String> asked = List.of();

    private GatheringActor(
            ActorContext<Message> context,
            TimerScheduler<Message> timers,
            Attendance attendance,
            GatheringSettings settings,
            InstantSource clock) {
        super(context);
        this.timers = timers;
        this.attendance = attendance;
        this.settings = settings;
        this.clock = clock;
        cluster = Cluster.get(context.getSystem());
        own = place(cluster.selfMember().address());
        gathering = new Gathering(own, settings.patience());
        cluster.subscriptions()
                .tell(Subscribe.create(context.messageAdapter(SelfUp.class, up -> new Up()), SelfUp.class));
        cluster.subscriptions()
                .tell(Subscribe.create(
                        context.messageAdapter(
                                MemberRemoved.class,
                                removed -> new Removed(removed.member().address())),
                        MemberRemoved.class));
        report();
    }

    static Behavior<Message> create(Attendance attendance, GatheringSettings settings, InstantSource clock) {
        return Behaviors.withTimers(
                timers -> Behaviors.setup(context -> new GatheringActor(context, timers, attendance, settings, clock)));
    }

    @Override
    public Receive<Message> createReceive() {
        return newReceiveBuilder()
                .onMessage(Beat.class, beat -> report())
                .onMessage(Listed.class, listed -> onListed(listed.entries()))
                .onMessage(Begun.class, begun -> onBegun(begun.allowed()))
                .onMessage(Unanswered.class, this::onUnanswered)
                .onMessage(Up.class, up -> onUp())
                .onMessage(Removed.class, removed -> onRemoved(removed.address()))
                .onMessage(Leave.class, this::onLeave)
                .onMessage(Struck.class, struck -> {
                    struck.replyTo().tell(Done.getInstance());
                    return Behaviors.stopped();
                })
                .build();
    }

    private Behavior<Message> report() {
        if (!silent) {
            getContext()
                    .pipeToSelf(
                            attendance.report(own, joined),
                            (entries, failure) -> failure == null ? new Listed(entries) : new Unanswered(failure));
        }
        return this;
    }

    private Behavior<Message> onListed(List<Attendance.Entry> entries) {
        unanswered = false;
        if (joined || silent) {
            return again();
        }
        Gathering.Step step = gathering.next(entries, clock.millis());
        if (step instanceof Gathering.Begin begin) {
            getContext()
                    .pipeToSelf(
                            attendance.begin(own, begin.gone()),
                            (allowed, failure) -> failure == null ? new Begun(allowed) : new Unanswered(failure));
            return this;
        }
        if (step instanceof Gathering.Join join && !join.addresses().equals(asked)) {
            asked = join.addresses();
            List<Address> addresses = asked.stream()
                    .map(HostPort::parse)
                    .map(each -> new Address("akka", getContext().getSystem().name(), each.host(), each.port()))
                    .toList();
            cluster.manager()
                    .tell(new JoinSeedNodes(
                            CollectionConverters.asScala(addresses).toList()));
        }
        return again();
    }

    private Behavior<Message> onBegun(boolean allowed) {
        if (allowed) {
            joined = true;
            cluster.manager().tell(Join.create(cluster.selfMember().address()));
        }
        return again();
    }

    /** Said once for each absence of the store. */
    private Behavior<Message> onUnanswered(Unanswered answer) {
        if (!unanswered && !silent) {
            getContext()
                    .getLog()
                    .warn(
                            "The store does not say who else is there, asked again every {}: {}",
                            settings.beat(),
                            String.valueOf(answer.why().getMessage()));
        }
        unanswered = true;
        timers.startSingleTimer(new Beat(), settings.beat());
        return this;
    }

    private Behavior<Message> again() {
        timers.startSingleTimer(
                new Beat(), joined ? settings.beat() : settings.beat().dividedBy(4));
        return this;
    }

    private Behavior<Message> onUp() {
        joined = true;
        return report();
    }

    /** A process that died cannot strike itself off. If it is back already its next report undoes this. */
    private Behavior<Message> onRemoved(Address address) {
        if (!silent && !place(address).equals(own)) {
            attendance.strike(place(address));
        }
        return this;
    }

    private Behavior<Message> onLeave(Leave leave) {
        silent = true;
        getContext().pipeToSelf(attendance.strike(own), (struck, failure) -> new Struck(leave.replyTo()));
        return this;
    }

    private static String place(Address address) {
        return new HostPort(address.getHost().orElseThrow(), address.getPort().orElseThrow()).toString();
    }
}
