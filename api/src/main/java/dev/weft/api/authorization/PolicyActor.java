package dev.weft.api.authorization;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.stream.typed.javadsl.ActorSink;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.authorization.PolicyObjects.Binding;
import dev.weft.api.authorization.PolicyObjects.Role;
import dev.weft.registry.Registry;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.resource.Write;
import dev.weft.registry.watch.Collection;
import dev.weft.registry.watch.ResourceFilter;
import dev.weft.registry.watch.WatchEvent;
import dev.weft.registry.watch.WatchRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows roles and bindings by four watches and publishes a picture after each burst of changes; where it is asked to, it
 * also stores the rules that aggregated roles take over. A restart loses nothing: everything is listed again.
 */
final class PolicyActor extends AbstractBehavior<PolicyActor.Command> {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyActor.class);

    /** What it hears. */
    sealed interface Command {}

    private record Begin(Kind kind) implements Command {}

    private record Ready(ActorRef<Taken> reader) implements Command {}

    private record Heard(Kind kind, WatchEvent event, ActorRef<Taken> reader) implements Command {}

    private record Ended(Kind kind, String reason) implements Command {}

    private record PublishDue() implements Command {}

    private record Stored(String role, String refused) implements Command {}

    /** The next event may come. */
    private enum Taken {
        TAKEN
    }

    /** What is followed. */
    private enum Kind {
        CLUSTER_ROLES("clusterroles"),
        ROLES("roles"),
        CLUSTER_ROLE_BINDINGS("clusterrolebindings"),
        ROLE_BINDINGS("rolebindings");

        private final String plural;

        Kind(String plural) {
            this.plural = plural;
        }

        private ResourceType type() {
            return new ResourceType(AccessTypes.GROUP, plural);
        }
    }

    /** What is known of one kind. */
    private static final class Known {
        private Map<ResourceKey, JsonNode> objects = new HashMap<>();
        private Map<ResourceKey, JsonNode> arriving = new HashMap<>();
        private boolean complete;
        private boolean catchingUp;
    }

    private final Registry registry;
    private final Policies policies;
    private final Duration retry;
    private final boolean maintains;
    private final TimerScheduler<Command> timers;
    private final Map<Kind, Known> known = new EnumMap<>(Kind.class);
    private final Set<String> storing = new HashSet<>();
    private boolean publishing;

    static Behavior<Command> create(Registry registry, Policies policies, Duration retry, boolean maintains) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new PolicyActor(context, timers, registry, policies, retry, maintains)));
    }

    private PolicyActor(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Registry registry,
            Policies policies,
            Duration retry,
            boolean maintains) {
        super(context);
        this.timers = timers;
        this.registry = registry;
        this.policies = policies;
        this.retry = retry;
        this.maintains = maintains;
        for (Kind kind : Kind.values()) {
            known.put(kind, new Known());
            context.getSelf().tell(new Begin(kind));
        }
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Begin.class, this::onBegin)
                .onMessage(Ready.class, this::onReady)
                .onMessage(Heard.class, this::onHeard)
                .onMessage(Ended.class, this::onEnded)
                .onMessage(PublishDue.class, due -> onPublishDue())
                .onMessage(Stored.class, this::onStored)
                .build();
    }

    private Known known(Kind kind) {
        return known.computeIfAbsent(kind, any -> new Known());
    }

    private Behavior<Command> onBegin(Begin begin) {
        Kind kind = begin.kind();
        Known of = known(kind);
        of.catchingUp = true;
        of.arriving = new HashMap<>();
        registry.watch(new WatchRequest(
                        Collection.everywhere(kind.type()), ResourceFilter.ALL, OptionalLong.empty(), false, true))
                .runWith(
                        ActorSink.actorRefWithBackpressure(
                                getContext().getSelf(),
                                (reader, event) -> new Heard(kind, event, reader),
                                Ready::new,
                                Taken.TAKEN,
                                new Ended(kind, "ended by the registry"),
                                failure -> new Ended(kind, failure.toString())),
                        getContext().getSystem());
        return this;
    }

    private Behavior<Command> onReady(Ready ready) {
        ready.reader().tell(Taken.TAKEN);
        return this;
    }

    private Behavior<Command> onHeard(Heard heard) {
        Known of = known(heard.kind());
        Map<ResourceKey, JsonNode> into = of.catchingUp ? of.arriving : of.objects;
        WatchEvent event = heard.event();
        if (event instanceof WatchEvent.Added added) {
            put(into, added.object());
        } else if (event instanceof WatchEvent.Modified modified) {
            put(into, modified.object());
        } else if (event instanceof WatchEvent.Deleted deleted) {
            into.remove(deleted.object().key());
        } else if (event instanceof WatchEvent.Bookmark bookmark && bookmark.initialEventsEnd()) {
            of.objects = of.arriving;
            of.catchingUp = false;
            of.complete = true;
        }
        heard.reader().tell(Taken.TAKEN);
        publishSoon();
        return this;
    }

    private static void put(Map<ResourceKey, JsonNode> objects, Resource object) {
        objects.put(object.key(), object.json().toTree());
    }

    private Behavior<Command> onEnded(Ended ended) {
        LOG.debug("The watch of {} ended: {}", ended.kind().type(), ended.reason());
        timers.startSingleTimer(ended.kind(), new Begin(ended.kind()), retry);
        return this;
    }

    /** Behind everything that is waiting already, so that a burst becomes one picture. */
    private void publishSoon() {
        if (!publishing) {
            publishing = true;
            getContext().getSelf().tell(new PublishDue());
        }
    }

    private Behavior<Command> onPublishDue() {
        publishing = false;
        if (known.values().stream().allMatch(of -> of.complete)) {
            List<Role> roles = new ArrayList<>();
            List<Binding> bindings = new ArrayList<>();
            known(Kind.CLUSTER_ROLES).objects.values().forEach(each -> roles.add(Role.of(each)));
            known(Kind.ROLES).objects.values().forEach(each -> roles.add(Role.of(each)));
            known(Kind.CLUSTER_ROLE_BINDINGS).objects.values().forEach(each -> bindings.add(Binding.of(each)));
            known(Kind.ROLE_BINDINGS).objects.values().forEach(each -> bindings.add(Binding.of(each)));
            RbacPolicy policy = new RbacPolicy(roles, bindings);
            policies.publish(policy);
            if (maintains) {
                policy.outdatedAggregates().forEach(this::store);
            }
        }
        return this;
    }

    private void store(String role, List<PolicyRule> rules) {
        if (!storing.add(role)) {
            return;
        }
        ObjectNode change = JsonNodeFactory.instance.objectNode();
        ArrayNode array = change.putArray("rules");
        rules.forEach(rule -> array.add(rule.toTree()));
        Write write = new Write.Patch(
                new ResourceKey(Kind.CLUSTER_ROLES.type(), "", role),
                "",
                Write.PatchType.MERGE_PATCH,
                new Write.PatchBody(change, false),
                Write.Options.DEFAULT);
        getContext()
                .pipeToSelf(registry.write(write), (outcome, failure) -> new Stored(role, refusal(outcome, failure)));
    }

    private static String refusal(
            Write.@org.jspecify.annotations.Nullable Outcome outcome,
            @org.jspecify.annotations.Nullable Throwable failure) {
        if (outcome instanceof Write.Outcome.Refused refused) {
            return refused.refusal().message();
        }
        return failure == null ? "" : failure.toString();
    }

    private Behavior<Command> onStored(Stored stored) {
        if (stored.refused().isEmpty()) {
            storing.remove(stored.role());
            publishSoon();
        } else {
            LOG.warn("The rules of the aggregated role {} were not stored: {}", stored.role(), stored.refused());
            timers.startSingleTimer(stored.role(), new Stored(stored.role(), ""), retry);
        }
        return this;
    }
}
