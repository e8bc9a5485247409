package dev.weft.api;

import akka.NotUsed;
import akka.stream.javadsl.Source;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.ClusterMember;
import dev.weft.registry.Registry;
import dev.weft.registry.allocation.Claim;
import dev.weft.registry.allocation.Grant;
import dev.weft.registry.allocation.ServiceAddressing;
import dev.weft.registry.lifecycle.Deletion;
import dev.weft.registry.resource.Admission;
import dev.weft.registry.resource.Admission.Admitted;
import dev.weft.registry.resource.Identity;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.KindCatalog;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.resource.Write;
import dev.weft.registry.resource.Write.Effect;
import dev.weft.registry.resource.Write.Outcome;
import dev.weft.registry.watch.Collection;
import dev.weft.registry.watch.ListRequest;
import dev.weft.registry.watch.Listing;
import dev.weft.registry.watch.VersionMatch;
import dev.weft.registry.watch.WatchEvent;
import dev.weft.registry.watch.WatchRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A registry in memory, of one lock: real admission, real versions, real watches, no disk and no cluster. Its history
 * reaches back to {@link #forgetHistory}.
 */
final class InMemoryRegistry implements Registry {
    private static final int WATCH_BUFFER = 1024;
    private static final ResourceType NAMESPACES = new ResourceType("", "namespaces");

    private CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);
    private final KindCatalog kinds;
    private final Admission admission;
    private final InstantSource clock;
    private final Random random;
    private final TestFederation federation;
    private final Map<ResourceKey, Resource> objects = new TreeMap<>(Comparator.comparing(ResourceKey::type)
            .thenComparing(ResourceKey::namespace)
            .thenComparing(ResourceKey::name));
    private final Map<Long, List<Resource>> pages = new HashMap<>();
    private long version = 1_000;
    private final InMemoryHistory history = new InMemoryHistory(version);
    private int nextAddress = 1;
    private int nextPort = 30_100;
    private boolean ready = true;
    private CompletableFuture<?> written = CompletableFuture.completedFuture(null);

    InMemoryRegistry(KindCatalog kinds, InstantSource clock, long seed) {
        this.kinds = kinds;
        this.admission = new Admission(kinds);
        this.clock = clock;
        this.random = new Random(seed);
        this.federation = members(clock);
        for (String name : List.of("default", "kube-node-lease", "kube-system")) {
            JsonBytes body = JsonBytes.ofUtf8("""
                    {"kind":"Namespace","apiVersion":"v1","metadata":{"name":"%s"}}""".formatted(name).getBytes(java.nio.charset.StandardCharsets.UTF_8));
            write(new Write.Create(new ResourceKey(NAMESPACES, "", name), body, Write.Options.DEFAULT));
        }
    }

    synchronized void forgetHistory() {
        history.forget(version);
    }

    synchronized void ready(boolean now) {
        ready = now;
    }

    synchronized int watchers() {
        return history.watchers();
    }

    @Override
    public KindCatalog kinds() {
        return kinds;
    }

    @Override
    public synchronized CompletionStage<Outcome> write(Write write) {
        Outcome outcome = decide(write);
        return written.thenApply(any -> outcome);
    }

    /** Writes from now on are answered once this is complete. */
    synchronized void answerWritesAfter(CompletableFuture<?> moment) {
        written = moment;
    }

    private Outcome decide(Write write) {
        ResourceKind kind = kinds.find(write.key().type());
        if (kind == null) {
            return new Outcome.Refused(Refusal.notFound(write.key()));
        }
        if (write instanceof Write.Create create) {
            return create(kind, create, identity -> admission.create(create, identity));
        }
        Resource present = objects.get(write.key());
        boolean applied = write instanceof Write.Patch patch && patch.type() == Write.PatchType.SERVER_SIDE_APPLY;
        if (present == null) {
            return applied && ((Write.Patch) write).patch().presence() != Write.Presence.THERE
                    ? create(kind, write, identity -> admission.createByApply((Write.Patch) write, identity))
                    : new Outcome.Refused(Refusal.notFound(write.key()));
        }
        if (applied && ((Write.Patch) write).patch().presence() == Write.Presence.ABSENT) {
            return new Outcome.Refused(Refusal.alreadyExists(write.key()));
        }
        if (write instanceof Write.Delete delete) {
            return delete(kind, present, delete);
        }
        Instant now = clock.instant();
        Admitted admitted = write instanceof Write.Update update
                ? admission.update(present, update, now)
                : admission.patch(present, (Write.Patch) write, now);
        return store(admitted, present, write.options().dryRun());
    }

    private Outcome create(ResourceKind kind, Write create, Function<Identity, Admitted> admit) {
        ResourceKey namespace = new ResourceKey(NAMESPACES, "", create.key().namespace());
        if (kind.namespaced() && !objects.containsKey(namespace)) {
            return new Outcome.Refused(Refusal.notFound(namespace));
        }
        Identity identity =
                new Identity(new UUID(random.nextLong(), random.nextLong()).toString(), clock.instant(), random);
        Admitted admitted = admit.apply(identity);
        if (admitted instanceof Admitted.Accepted accepted && objects.containsKey(accepted.key())) {
            return new Outcome.Refused(Refusal.alreadyExists(accepted.key()));
        }
        return store(admitted, null, create.options().dryRun());
    }

    private Outcome store(Admitted admitted, @Nullable Resource present, boolean dryRun) {
        if (admitted instanceof Admitted.Refused refused) {
            return new Outcome.Refused(refused.refusal());
        }
        Admitted.Accepted accepted = (Admitted.Accepted) admitted;
        String warning = accepted.warnings().isEmpty() ? null : String.join("\n", accepted.warnings());
        if (!accepted.changed() && present != null) {
            return new Outcome.Done(present, Effect.UNCHANGED, warning);
        }
        ObjectNode object = accepted.object();
        List<Grant> grants =
                ServiceAddressing.wanted(
                                object, present == null ? null : present.json().toTree(), List.of())
                        .stream()
                        .map(this::grant)
                        .toList();
        ServiceAddressing.fill(object, grants);
        if (accepted.released()) {
            return new Outcome.Done(remove(accepted.key(), object), Effect.DELETED, warning);
        }
        Resource after = versioned(accepted.key(), object);
        if (!dryRun) {
            commit(present, after);
        }
        return new Outcome.Done(after, present == null ? Effect.CREATED : Effect.UPDATED, warning);
    }

    private Grant grant(Claim claim) {
        if (!claim.wish().isEmpty()) {
            return new Grant(claim, claim.wish());
        }
        String prefix = claim.pool().startsWith("clusterset") ? "127.112.1." : "127.96.1.";
        return new Grant(
                claim, claim.pool().startsWith("node-port") ? Integer.toString(nextPort++) : prefix + nextAddress++);
    }

    private Outcome delete(ResourceKind kind, Resource present, Write.Delete delete) {
        Deletion.Decision decision = Deletion.decide(kind, present, delete.deletion(), clock.instant());
        if (decision instanceof Deletion.Decision.Refused refused) {
            return new Outcome.Refused(refused.refusal());
        }
        if (delete.options().dryRun()) {
            return new Outcome.Done(present, Effect.DELETED, null);
        }
        if (decision instanceof Deletion.Decision.Removed removed) {
            return new Outcome.Done(remove(present.key(), removed.last()), Effect.DELETED, null);
        }
        if (decision instanceof Deletion.Decision.Marked marked) {
            Resource after = versioned(present.key(), marked.object());
            commit(present, after);
            if (kind.type().equals(NAMESPACES)) {
                empty(present.key().name());
                remove(present.key(), Deletion.namespaceEmptied(marked.object()));
            }
            return new Outcome.Done(after, Effect.MARKED_FOR_DELETION, null);
        }
        return new Outcome.Done(present, Effect.UNCHANGED, null);
    }

    private void empty(String namespace) {
        List<Resource> inside = objects.values().stream()
                .filter(object -> object.key().namespace().equals(namespace))
                .toList();
        inside.forEach(object -> remove(object.key(), object.json().toTree()));
    }

    private Resource remove(ResourceKey key, ObjectNode last) {
        Resource gone = versioned(key, last);
        objects.remove(key);
        history.add(gone, null, gone.version());
        return gone;
    }

    private void commit(@Nullable Resource before, Resource after) {
        objects.put(after.key(), after);
        history.add(before, after, after.version());
    }

    private Resource versioned(ResourceKey key, ObjectNode object) {
        long next = ++version;
        ObjectNode metadata = (ObjectNode) object.path("metadata");
        metadata.put("resourceVersion", Long.toString(next));
        Map<String, String> labels = new HashMap<>();
        metadata.path("labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
        return new Resource(key, metadata.path("uid").asText(), next, labels, JsonBytes.of(object));
    }

    /** Whoever asks for one object from now on waits for this. */
    synchronized void answerAfter(CompletableFuture<Void> gate) {
        this.gate = gate;
    }

    @Override
    public synchronized CompletionStage<Answer<Resource>> get(ResourceKey key, VersionMatch match) {
        Resource found = objects.get(key);
        Answer<Resource> answer =
                found == null ? new Answer.Refused<>(Refusal.notFound(key)) : new Answer.Found<>(found);
        return gate.thenApply(open -> answer);
    }

    @Override
    public synchronized CompletionStage<Answer<Listing>> list(ListRequest request) {
        return CompletableFuture.completedFuture(page(request));
    }

    private Answer<Listing> page(ListRequest request) {
        if (request.version() instanceof VersionMatch.NotOlderThan wanted && wanted.version() > version) {
            return new Answer.Refused<>(Refusal.timeout("Too large resource version: " + wanted.version(), 1));
        }
        if (request.version() instanceof VersionMatch.Exact exact && exact.version() != version) {
            return new Answer.Refused<>(Refusal.expired("The resourceVersion for the provided list is too old."));
        }
        long at = version;
        int from = 0;
        if (!request.continuation().isEmpty()) {
            String[] token = request.continuation().split("-", -1);
            try {
                at = Long.parseLong(token[0]);
                from = Integer.parseInt(token[token.length - 1]);
            } catch (NumberFormatException e) {
                return new Answer.Refused<>(Refusal.badRequest("continue key is not valid"));
            }
            if (!pages.containsKey(at) || from < 0) {
                return new Answer.Refused<>(Refusal.expired("The provided continue parameter is too old"));
            }
        }
        List<Resource> all = request.continuation().isEmpty()
                ? matching(request.collection(), request)
                : pages.getOrDefault(at, List.of());
        int to = request.limit() == 0 ? all.size() : (int) Math.min(all.size(), (long) from + request.limit());
        boolean more = to < all.size();
        if (more) {
            pages.put(at, all);
        }
        List<Resource> items = all.subList(Math.min(from, to), to);
        return new Answer.Found<>(new Listing(items, at, more ? at + "-" + to : "", more ? all.size() - to : 0));
    }

    private List<Resource> matching(Collection collection, ListRequest request) {
        return objects.values().stream()
                .filter(object ->
                        collection.contains(object.key()) && request.filter().matches(object))
                .toList();
    }

    @Override
    public Source<WatchEvent, NotUsed> watch(WatchRequest request) {
        return Source.<WatchEvent>queue(WATCH_BUFFER)
                .mapMaterializedValue(queue -> begin(new InMemoryHistory.Watcher(request, queue)))
                .watchTermination((watcher, done) -> {
                    done.whenComplete((end, failure) -> remove(watcher));
                    return NotUsed.getInstance();
                });
    }

    private synchronized void remove(InMemoryHistory.Watcher watcher) {
        history.remove(watcher);
    }

    private synchronized InMemoryHistory.Watcher begin(InMemoryHistory.Watcher watcher) {
        history.begin(watcher, objects.values(), version);
        return watcher;
    }

    @Override
    public TestFederation federation() {
        return federation;
    }

    /** Two clusters, so that there is something to show. */
    static TestFederation members(InstantSource clock) {
        return new TestFederation(List.of(
                new ClusterMember("east", List.of("127.0.0.1:7001"), "Alive", null, 0, null, true),
                new ClusterMember(
                        "west",
                        List.of("127.0.0.1:7002"),
                        "Alive",
                        Duration.ofNanos(1_520_000),
                        3,
                        clock.instant().minusSeconds(2),
                        false)));
    }

    @Override
    public synchronized Readiness readiness() {
        return ready ? new Readiness(true, "") : new Readiness(false, "shard 3 is not running");
    }
}
