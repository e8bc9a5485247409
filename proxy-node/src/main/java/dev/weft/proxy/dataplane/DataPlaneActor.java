package dev.weft.proxy.dataplane;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.proxy.selection.TrafficRules;
import dev.weft.proxy.view.ServiceEntry;
import dev.weft.proxy.view.ServiceKey;
import dev.weft.proxy.view.ServicePicture;
import dev.weft.proxy.view.ServiceView;
import dev.weft.proxy.view.ViewActor;
import dev.weft.proxy.view.ViewSource;
import dev.weft.proxy.view.ViewUpdate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steers the {@link DataPlane} by the pictures of its child, the {@link ViewActor}. A restart starts the child again,
 * which lists everything anew; the listeners stay open meanwhile, since the data plane is not this actor's.
 */
public final class DataPlaneActor extends AbstractBehavior<DataPlaneActor.Command> {
    private static final Logger LOG = LoggerFactory.getLogger(DataPlaneActor.class);
    private static final Duration MIN_RESTART = Duration.ofMillis(200);
    private static final Duration MAX_RESTART = Duration.ofSeconds(10);
    private static final double RESTART_JITTER = 0.2;

    /** What the actor understands. */
    public sealed interface Command {}

    private record Viewed(ViewUpdate update) implements Command {}

    private record Again(Set<ServiceKey> services) implements Command {}

    private record CaughtUp(ActorRef<Done> asked) implements Command {}

    private enum Stop implements Command {
        INSTANCE
    }

    /** Asks the actor to end; the data plane stays as it is. */
    public static Command stop() {
        return Stop.INSTANCE;
    }

    /** Asks the actor to look at services again, since what is offloaded of them has changed. */
    public static Command again(Set<ServiceKey> services) {
        return new Again(Set.copyOf(services));
    }

    /** Asks for an answer when all that the actor has been told before is in force. */
    public static Command caughtUp(ActorRef<Done> asked) {
        return new CaughtUp(asked);
    }

    private final DataPlane dataPlane;
    private final List<String> nodeAddresses;
    private final NodeIdentity configured;
    private final Offload offload;
    private final Consumer<ViewUpdate> onPicture;
    private final Map<ServiceKey, List<String>> unreadable = new HashMap<>();
    private @Nullable ServiceView view;

    /**
     * Starts the child that follows the feed.
     *
     * @param node its zone is taken from the Node object when it is empty here
     * @param source where pictures come from
     * @param offload asked which listeners of a service something else has
     * @param onPicture told each picture after it has been applied
     */
    public static Behavior<Command> create(
            DataPlane dataPlane,
            List<String> nodeAddresses,
            NodeIdentity node,
            ViewSource source,
            Offload offload,
            Consumer<ViewUpdate> onPicture) {
        Behavior<Command> behavior = Behaviors.setup(
                context -> new DataPlaneActor(context, dataPlane, nodeAddresses, node, source, offload, onPicture));
        return Behaviors.supervise(behavior)
                .onFailure(SupervisorStrategy.restartWithBackoff(MIN_RESTART, MAX_RESTART, RESTART_JITTER));
    }

    private DataPlaneActor(
            ActorContext<Command> context,
            DataPlane dataPlane,
            List<String> nodeAddresses,
            NodeIdentity node,
            ViewSource source,
            Offload offload,
            Consumer<ViewUpdate> onPicture) {
        super(context);
        this.dataPlane = dataPlane;
        this.nodeAddresses = nodeAddresses;
        this.configured = node;
        this.offload = offload;
        this.onPicture = onPicture;
        ActorRef<ViewUpdate> viewed = context.messageAdapter(ViewUpdate.class, Viewed::new);
        context.spawn(
                Behaviors.supervise(ViewActor.create(node.name(), source, viewed))
                        .onFailure(SupervisorStrategy.restartWithBackoff(MIN_RESTART, MAX_RESTART, RESTART_JITTER)),
                "view");
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Viewed.class, this::onViewed)
                .onMessage(Again.class, this::onAgain)
                .onMessage(CaughtUp.class, this::onCaughtUp)
                .onMessage(Stop.class, stop -> Behaviors.stopped())
                .build();
    }

    /** What goes is closed before what comes is bound: an address may pass from one service to another. */
    private Behavior<Command> onViewed(Viewed viewed) {
        ViewUpdate update = viewed.update();
        Set<ServiceKey> touched = new HashSet<>(update.touched());
        if (touched.contains(TrafficRules.SERVICE)) {
            touched.addAll(update.view().keys()); // what stands there is about all services
        }
        if (update.complete()) {
            touched.addAll(dataPlane.services());
        }
        view = update.view();
        apply(update.view(), touched);
        onPicture.accept(update);
        return this;
    }

    private Behavior<Command> onAgain(Again again) {
        if (view != null) {
            apply(view, again.services());
        }
        return this;
    }

    private Behavior<Command> onCaughtUp(CaughtUp caughtUp) {
        caughtUp.asked().tell(Done.getInstance());
        return this;
    }

    private void apply(ServiceView current, Set<ServiceKey> touched) {
        String zone = configured.zone().isEmpty() ? current.nodeZone() : configured.zone();
        NodeIdentity node = new NodeIdentity(configured.name(), zone, configured.cluster());
        List<ServicePicture> present = new ArrayList<>();
        for (ServiceKey key : touched) {
            ServicePicture picture = current.get(key);
            if (picture == null || picture.entry() == null) {
                dataPlane.apply(key, List.of());
                unreadable.remove(key);
            } else {
                present.add(picture);
            }
        }
        TrafficRules rules = TrafficRules.of(current);
        for (ServicePicture picture : present) {
            tellUnreadable(picture);
            List<ListenerPlan> plans = ListenerPlan.of(picture, node, nodeAddresses, rules);
            List<ListenerPlan> own = offload.left(picture, plans, dataPlane.serves(picture.key()));
            Set<ListenerKey> here = own.stream().map(ListenerPlan::key).collect(Collectors.toSet());
            List<ListenerPlan> elsewhere =
                    plans.stream().filter(plan -> !here.contains(plan.key())).toList();
            dataPlane.apply(picture.key(), own, elsewhere);
        }
    }

    /** Once for each value, however often the service changes otherwise. */
    private void tellUnreadable(ServicePicture picture) {
        ServiceEntry entry = picture.entry();
        List<String> complaints = entry == null ? List.of() : Wishes.unreadable(entry);
        List<String> before =
                complaints.isEmpty() ? unreadable.remove(picture.key()) : unreadable.put(picture.key(), complaints);
        if (!complaints.isEmpty() && !complaints.equals(before)) {
            LOG.warn("{} is not served as it asks to be: {}", picture.key(), String.join("; ", complaints));
        }
    }
}
