package dev.weft.registry.shard;

import static dev.weft.registry.shard.DecidedShard.CONFIG_MAPS;
import static dev.weft.registry.shard.DecidedShard.PODS;
import static dev.weft.registry.shard.DecidedShard.SERVICES;
import static dev.weft.registry.shard.DecidedShard.done;
import static dev.weft.registry.shard.DecidedShard.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.gossip.clock.HybridTimestamp;
import dev.weft.registry.allocation.Grant;
import dev.weft.registry.controller.DefaultAccounts;
import dev.weft.registry.endpoints.FakeShard;
import dev.weft.registry.resource.DerivedWrite;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.resource.Write;
import dev.weft.registry.resource.Write.Outcome;
import dev.weft.registry.shard.ShardCommand.Allocated;
import dev.weft.registry.shard.ShardCommand.Submitted;
import dev.weft.registry.watch.Collection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A shard decides")
class ShardDecisionTest {
    private static final String PORTS = ",'spec':{'selector':{'app':'web'},'ports':[{'port':80}]}";
    private final DecidedShard shard = new DecidedShard(1);

    private List<Resource> slices() {
        var slices = new java.util.ArrayList<Resource>();
        shard.state
                .objects()
                .range(Collection.everywhere(new ResourceType("discovery.k8s.io", "endpointslices")))
                .forEach(slices::add);
        return slices;
    }

    private static List<Grant> granted(Allocated allocated) {
        return ((Allocated.Granted) allocated).grants();
    }

    @Test
    @DisplayName("a first start into the namespaces that every cluster has, and a second into nothing")
    void start() {
        assertThat(shard.find(Placement.NAMESPACES, "", "default")).isPresent();
        ShardState before = shard.state;
        shard.restart();
        assertThat(shard.decide(List.of(), 0).event()).isEmpty();
        assertThat(shard.state).isEqualTo(before);
    }

    @Test
    @DisplayName(
            "creations: a second of the same name, one of an unknown kind, and one without a namespace are refused")
    void creations() {
        done(shard.create(CONFIG_MAPS, "ConfigMap", "default", "c", ""));
        assertThat(refusal(shard.create(CONFIG_MAPS, "ConfigMap", "default", "c", ""))
                        .reason())
                .isEqualTo(Refusal.Reason.AlreadyExists);
        assertThat(refusal(shard.create(new ResourceType("", "rockets"), "Rocket", "default", "r", ""))
                        .reason())
                .isEqualTo(Refusal.Reason.NotFound);
        assertThat(refusal(shard.create(CONFIG_MAPS, "ConfigMap", "nowhere", "c", ""))
                        .reason())
                .isEqualTo(Refusal.Reason.NotFound);
    }

    @Test
    @DisplayName("that the namespaces which every cluster needs may not be deleted")
    void immortal() {
        Outcome refused = shard.delete(new ResourceKey(Placement.NAMESPACES, "", "default"));
        assertThat(refusal(refused).reason()).isEqualTo(Refusal.Reason.Forbidden);
    }

    @Test
    @DisplayName("writes to what is not there as not found")
    void absent() {
        ResourceKey key = new ResourceKey(CONFIG_MAPS, "default", "none");
        assertThat(refusal(shard.delete(key)).reason()).isEqualTo(Refusal.Reason.NotFound);
        Write update = new Write.Update(
                key,
                "",
                ((Write.Create) DecidedShard.creation(CONFIG_MAPS, "ConfigMap", "default", "none", "")).object(),
                Write.Options.DEFAULT);
        assertThat(refusal(shard.write(update)).reason()).isEqualTo(Refusal.Reason.NotFound);
    }

    @Test
    @DisplayName("each command of a batch against what the ones before leave behind, all in one event")
    void batch() {
        int events = shard.events.size();
        var decided = shard.decide(
                List.of(
                        submit(DecidedShard.creation(CONFIG_MAPS, "ConfigMap", "default", "c", "")),
                        submit(DecidedShard.creation(CONFIG_MAPS, "ConfigMap", "default", "c", "")),
                        submit(new Write.Delete(
                                new ResourceKey(CONFIG_MAPS, "default", "c"),
                                Write.Deletion.DEFAULT,
                                Write.Options.DEFAULT)),
                        submit(DecidedShard.creation(CONFIG_MAPS, "ConfigMap", "default", "c", ""))),
                0);
        assertThat(shard.events).hasSize(events + 1);
        assertThat(decided.answers())
                .extracting(
                        answer -> ((Submitted.Decided) ((ShardDecision.Answer.ToSubmit) answer).submitted()).outcome()
                                instanceof Outcome.Done)
                .containsExactly(true, false, true, true);
        assertThat(decided.event().orElseThrow().entries())
                .extracting(ShardEvent.Entry::version)
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @SuppressWarnings("NullAway")
    private static ShardCommand submit(Write write) {
        return new ShardCommand.Submit(write, List.of(), null);
    }

    @Test
    @DisplayName("a ready Pod and the EndpointSlice that lists it in the same event")
    void derives() {
        done(shard.create(SERVICES, "Service", "default", "web", PORTS));
        done(shard.create(
                PODS,
                "Pod",
                "default",
                "p",
                ",'spec':{'containers':[{'name':'c','image':'i'}]},'status':{'podIP':'10.1.0.1'}"));
        Resource pod = shard.find(PODS, "default", "p").orElseThrow();
        var tree = pod.json().toTree();
        tree.withObjectProperty("metadata").putObject("labels").put("app", "web");
        Resource labelled = done(shard.write(
                new Write.Update(pod.key(), "", dev.weft.registry.resource.JsonBytes.of(tree), Write.Options.DEFAULT)));
        var status = labelled.json().toTree();
        status.set(
                "status",
                FakeShard.tree("{'phase':'Running','podIP':'10.1.0.1','podIPs':[{'ip':'10.1.0.1'}],"
                        + "'conditions':[{'type':'Ready','status':'True'}]}"));
        done(shard.write(new Write.Update(
                pod.key(), "status", dev.weft.registry.resource.JsonBytes.of(status), Write.Options.DEFAULT)));
        ShardEvent last = shard.events.get(shard.events.size() - 1);
        assertThat(last.entries())
                .extracting(entry -> entry.key().type().plural())
                .contains("pods", "endpointslices");
        assertThat(slices())
                .singleElement()
                .satisfies(slice -> assertThat(slice.json().toString()).contains("10.1.0.1"));
        shard.delete(new ResourceKey(SERVICES, "default", "web"));
        assertThat(slices()).isEmpty();
    }

    @Test
    @DisplayName("that a Service needs addresses first, and stores it with those that were granted")
    void allocates() {
        Write write = DecidedShard.creation(SERVICES, "Service", "default", "web", PORTS);
        Submitted.Unallocated missing = (Submitted.Unallocated) shard.submit(write, List.of());
        assertThat(shard.find(SERVICES, "default", "web")).isEmpty();
        List<Grant> grants = granted(shard.allocate(missing));
        Outcome outcome = ((Submitted.Decided) shard.submit(write, grants)).outcome();
        assertThat(done(outcome).json().toTree().path("spec").path("clusterIP").asText())
                .isEqualTo(grants.get(0).value());
        assertThat(shard.find(Placement.ADDRESSES, "", grants.get(0).value())).isPresent();
    }

    @Test
    @DisplayName("that one address has one owner, over restarts, and is free again when it is released")
    void oneOwner() {
        String wish = ",'spec':{'clusterIP':'127.96.0.10','ports':[{'port':80}]}";
        Resource first = done(shard.create(SERVICES, "Service", "default", "first", wish));
        shard.restart();
        assertThat(refusal(shard.create(SERVICES, "Service", "default", "second", wish))
                        .reason())
                .isEqualTo(Refusal.Reason.Invalid);
        Resource removed = done(shard.delete(first.key()));
        shard.release(held(removed), removed.version());
        done(shard.create(SERVICES, "Service", "default", "second", wish));
    }

    private static List<Grant> held(Resource service) {
        return dev.weft.registry.allocation.ServiceAddressing.held(
                        service.json().toTree())
                .stream()
                .map(held -> new Grant(
                        new dev.weft.registry.allocation.Claim(held.pool(), "", service.key(), ""), held.value()))
                .toList();
    }

    @Test
    @DisplayName("that a release which comes late frees nothing that an object of the same name has claimed since")
    void lateRelease() {
        String wish = ",'spec':{'clusterIP':'127.96.0.10','ports':[{'port':80}]}";
        Resource first = done(shard.create(SERVICES, "Service", "default", "web", wish));
        Resource removed = done(shard.delete(first.key()));
        done(shard.create(SERVICES, "Service", "default", "web", wish));
        shard.release(held(removed), removed.version());
        assertThat(refusal(shard.create(SERVICES, "Service", "default", "thief", wish))
                        .reason())
                .isEqualTo(Refusal.Reason.Invalid);
    }

    @Test
    @DisplayName("all claims of a request or none")
    void allOrNothing() {
        done(shard.create(
                SERVICES, "Service", "default", "a", ",'spec':{'clusterIP':'127.96.0.10','ports':[{'port':80}]}"));
        int grants = shard.state.objects().count(Collection.everywhere(Allocations.GRANTS));
        Outcome refused = shard.create(
                SERVICES,
                "Service",
                "default",
                "b",
                ",'spec':{'type':'NodePort','clusterIP':'127.96.0.10','ports':[{'port':80,'nodePort':30080}]}");
        assertThat(refusal(refused).reason()).isEqualTo(Refusal.Reason.Invalid);
        assertThat(shard.state.objects().count(Collection.everywhere(Allocations.GRANTS)))
                .isEqualTo(grants);
        done(shard.create(
                SERVICES,
                "Service",
                "default",
                "c",
                ",'spec':{'type':'NodePort','ports':[{'port':80,'nodePort':30080}]}"));
    }

    @Test
    @DisplayName("what reconcilers outside derive: made, kept as it is, changed, removed")
    @SuppressWarnings("NullAway")
    void derive() {
        ResourceKey key = new ResourceKey(CONFIG_MAPS, "default", "derived");
        String json = "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'derived','namespace':'default'}}";
        shard.decide(
                List.of(new ShardCommand.Derive(List.of(new DerivedWrite.Put(key, FakeShard.tree(json))), null)), 0);
        Resource made = shard.find(CONFIG_MAPS, "default", "derived").orElseThrow();
        assertThat(made.uid()).isNotEmpty();
        assertThat(shard.decide(
                                List.of(new ShardCommand.Derive(
                                        List.of(new DerivedWrite.Put(key, FakeShard.tree(json))), null)),
                                0)
                        .event())
                .isEmpty();
        shard.decide(List.of(new ShardCommand.Derive(List.of(new DerivedWrite.Remove(key)), null)), 0);
        assertThat(shard.find(CONFIG_MAPS, "default", "derived")).isEmpty();
    }

    @Test
    @DisplayName("nothing at or before a version that was closed, even over a restart and a clock set back an hour")
    void closed() {
        long closed = HybridTimestamp.ofMillis(shard.now.plusSeconds(2).toEpochMilli())
                .packed();
        shard.decide(List.of(), closed);
        assertThat(shard.state.clockFloor()).isGreaterThanOrEqualTo(closed);
        shard.now = shard.now.minus(Duration.ofHours(1));
        Resource next = done(shard.create(CONFIG_MAPS, "ConfigMap", "default", "c1", ""));
        assertThat(next.version()).isGreaterThan(closed);
        shard.restart();
        Resource after = done(shard.create(CONFIG_MAPS, "ConfigMap", "default", "c2", ""));
        assertThat(after.version()).isGreaterThan(next.version());
        shard.now = shard.now.plus(Duration.ofHours(2));
        Resource later = done(shard.create(CONFIG_MAPS, "ConfigMap", "default", "c3", ""));
        assertThat(new HybridTimestamp(later.version()).instant()).isEqualTo(shard.now);
    }

    @Test
    @DisplayName("that the one of the first namespaces which may be deleted comes back, empty and as another")
    void comesBack() {
        Resource before =
                shard.find(Placement.NAMESPACES, "", "kube-node-lease").orElseThrow();
        done(shard.create(CONFIG_MAPS, "ConfigMap", "kube-node-lease", "c", ""));
        done(shard.delete(before.key()));
        Resource after = shard.find(Placement.NAMESPACES, "", "kube-node-lease").orElseThrow();
        assertThat(after.uid()).isNotEqualTo(before.uid());
        assertThat(after.json().toTree().at("/metadata/deletionTimestamp").isMissingNode())
                .isTrue();
        assertThat(shard.find(CONFIG_MAPS, "kube-node-lease", "c")).isEmpty();
    }

    @Test
    @DisplayName("what a namespace that cannot go yet says of that, in the conditions of Kubernetes")
    void namespaceConditions() {
        ResourceKey name = new ResourceKey(Placement.NAMESPACES, "", "shop");
        done(shard.create(Placement.NAMESPACES, "Namespace", "", "shop", ""));
        ResourceKey held = new ResourceKey(CONFIG_MAPS, "shop", "held");
        done(shard.write(new Write.Create(
                held,
                JsonBytes.of(
                        FakeShard.tree("{'metadata':{'name':'held','finalizers':['example.com/x','example.com/y']}}")),
                Write.Options.DEFAULT)));
        done(shard.create(CONFIG_MAPS, "ConfigMap", "shop", "free", ""));
        done(shard.delete(name));

        assertThat(conditions("shop"))
                .containsEntry("NamespaceDeletionDiscoveryFailure", "False ResourcesDiscovered")
                .containsEntry("NamespaceDeletionGroupVersionParsingFailure", "False ParsedGroupVersions")
                .containsEntry("NamespaceDeletionContentFailure", "False ContentDeleted")
                .containsEntry("NamespaceContentRemaining", "True SomeResourcesRemain")
                .containsEntry("NamespaceFinalizersRemaining", "True SomeFinalizersRemain");
        assertThat(shard.find(Placement.NAMESPACES, "", "shop")
                        .orElseThrow()
                        .json()
                        .toString())
                .contains("Some resources are remaining: configmaps. has 1 resource instances")
                .contains("example.com/x in 1 resource instances, example.com/y in 1 resource instances")
                .contains("\"lastTransitionTime\":\"2026-03-01T00:00:00Z\"");
        long told = shard.find(Placement.NAMESPACES, "", "shop").orElseThrow().version();
        done(shard.create(CONFIG_MAPS, "ConfigMap", "default", "elsewhere", ""));
        assertThat(shard.find(Placement.NAMESPACES, "", "shop").orElseThrow().version())
                .isEqualTo(told);

        String freed = "{'metadata':{'name':'held'}}";
        done(shard.write(new Write.Update(held, "", JsonBytes.of(FakeShard.tree(freed)), Write.Options.DEFAULT)));
        assertThat(shard.find(Placement.NAMESPACES, "", "shop")).isEmpty();
    }

    private Outcome finalize(String namespace, String object) {
        ResourceKey key = new ResourceKey(Placement.NAMESPACES, "", namespace);
        return shard.write(
                new Write.Update(key, "finalize", JsonBytes.of(FakeShard.tree(object)), Write.Options.DEFAULT));
    }

    @Test
    @DisplayName("that a namespace which is finalized by hand goes, emptied of all that nothing else holds")
    void finalizedByHand() {
        done(shard.create(Placement.NAMESPACES, "Namespace", "", "shop", ""));
        ResourceKey held = new ResourceKey(CONFIG_MAPS, "shop", "held");
        done(shard.write(new Write.Create(
                held,
                JsonBytes.of(FakeShard.tree("{'metadata':{'name':'held','finalizers':['example.com/x']}}")),
                Write.Options.DEFAULT)));
        for (int i = 0; i < 20; i++) {
            done(shard.create(CONFIG_MAPS, "ConfigMap", "shop", "free-" + i, ""));
        }
        done(shard.delete(new ResourceKey(Placement.NAMESPACES, "", "shop")));
        assertThat(shard.find(Placement.NAMESPACES, "", "shop")).isPresent();

        done(finalize("shop", "{'metadata':{'name':'shop'},'spec':{'finalizers':[]}}"));

        assertThat(shard.find(Placement.NAMESPACES, "", "shop")).isEmpty();
        assertThat(shard.find(CONFIG_MAPS, "shop", "held")).isPresent();
        assertThat(shard.find(CONFIG_MAPS, "shop", "free-19")).isEmpty();
        done(shard.write(new Write.Update(
                held, "", JsonBytes.of(FakeShard.tree("{'metadata':{'name':'held'}}")), Write.Options.DEFAULT)));
        assertThat(shard.find(CONFIG_MAPS, "shop", "held")).isEmpty();
    }

    @Test
    @DisplayName("that a finalizer of somebody's own holds a namespace until it is taken away, and nothing else does")
    void finalizerOfSomebody() {
        done(shard.create(Placement.NAMESPACES, "Namespace", "", "shop", ""));
        done(finalize("shop", "{'metadata':{'name':'shop'},'spec':{'finalizers':['example.com/x']}}"));
        assertThat(finalizers("shop")).containsExactly("example.com/x", "kubernetes");
        done(shard.create(CONFIG_MAPS, "ConfigMap", "shop", "c", ""));

        done(shard.delete(new ResourceKey(Placement.NAMESPACES, "", "shop")));
        assertThat(shard.find(CONFIG_MAPS, "shop", "c")).isEmpty();
        assertThat(finalizers("shop")).containsExactly("example.com/x");
        done(shard.write(new Write.Update(
                new ResourceKey(Placement.NAMESPACES, "", "shop"),
                "",
                JsonBytes.of(FakeShard.tree("{'metadata':{'name':'shop'},'spec':{'finalizers':[]}}")),
                Write.Options.DEFAULT)));
        assertThat(finalizers("shop")).containsExactly("example.com/x");

        done(finalize("shop", "{'metadata':{'name':'shop'},'spec':{}}"));
        assertThat(shard.find(Placement.NAMESPACES, "", "shop")).isEmpty();
    }

    @Test
    @DisplayName("that a living namespace is emptied when it goes, also one that was made or left without finalizers")
    void alwaysEmptied() {
        done(shard.create(Placement.NAMESPACES, "Namespace", "", "shop", ",'spec':{'finalizers':[]}"));
        done(finalize("shop", "{'metadata':{'name':'shop'},'spec':{'finalizers':[]}}"));
        done(shard.create(CONFIG_MAPS, "ConfigMap", "shop", "c", ""));
        done(shard.delete(new ResourceKey(Placement.NAMESPACES, "", "shop")));
        assertThat(shard.find(CONFIG_MAPS, "shop", "c")).isEmpty();
        assertThat(shard.find(Placement.NAMESPACES, "", "shop")).isEmpty();
    }

    @Test
    @DisplayName(
            "that the finalizers of a namespace have names as Kubernetes wants them, and only namespaces have such")
    void finalizerNames() {
        done(shard.create(Placement.NAMESPACES, "Namespace", "", "shop", ""));
        Refusal refused = refusal(finalize("shop", "{'metadata':{'name':'shop'},'spec':{'finalizers':['mine']}}"));
        assertThat(refused.message())
                .contains("spec.finalizers[0]: Invalid value: \"mine\": name is neither a standard finalizer name");
        done(shard.create(CONFIG_MAPS, "ConfigMap", "shop", "c", ""));
        assertThat(refusal(shard.write(new Write.Update(
                                new ResourceKey(CONFIG_MAPS, "shop", "c"),
                                "finalize",
                                JsonBytes.of(FakeShard.tree("{'metadata':{'name':'c'}}")),
                                Write.Options.DEFAULT)))
                        .reason())
                .isEqualTo(Refusal.Reason.NotFound);
    }

    private List<String> finalizers(String namespace) {
        var names = new java.util.ArrayList<String>();
        shard.find(Placement.NAMESPACES, "", namespace)
                .orElseThrow()
                .json()
                .toTree()
                .at("/spec/finalizers")
                .forEach(each -> names.add(each.asText()));
        return names;
    }

    @Test
    @DisplayName("of an empty namespace that somebody's finalizer holds that nothing remains")
    void emptyNamespaceConditions() {
        done(shard.write(new Write.Create(
                new ResourceKey(Placement.NAMESPACES, "", "kept"),
                JsonBytes.of(FakeShard.tree("{'metadata':{'name':'kept','finalizers':['example.com/x']}}")),
                Write.Options.DEFAULT)));
        done(shard.delete(new ResourceKey(Placement.NAMESPACES, "", "kept")));

        assertThat(conditions("kept"))
                .hasSize(5)
                .containsEntry("NamespaceContentRemaining", "False ContentRemoved")
                .containsEntry("NamespaceFinalizersRemaining", "False ContentHasNoFinalizers");
    }

    private java.util.Map<String, String> conditions(String namespace) {
        var conditions = new java.util.TreeMap<String, String>();
        shard.find(Placement.NAMESPACES, "", namespace)
                .orElseThrow()
                .json()
                .toTree()
                .at("/status/conditions")
                .forEach(condition -> conditions.put(
                        condition.path("type").asText(),
                        condition.path("status").asText() + " "
                                + condition.path("reason").asText()));
        return conditions;
    }

    @Test
    @DisplayName("no new slices for a Service that waits for the removal of what belongs to it")
    @SuppressWarnings("NullAway")
    void foreground() {
        Resource service = done(shard.create(SERVICES, "Service", "default", "web", PORTS));
        assertThat(slices()).hasSize(1);
        Write.Deletion foreground = new Write.Deletion(
                Optional.empty(), Optional.empty(), Optional.of(Write.Propagation.FOREGROUND), Optional.empty());
        assertThat(((Outcome.Done) shard.write(new Write.Delete(service.key(), foreground, Write.Options.DEFAULT)))
                        .effect())
                .isEqualTo(Write.Effect.MARKED_FOR_DELETION);
        shard.decide(
                List.of(new ShardCommand.Derive(
                        List.of(new DerivedWrite.Remove(slices().get(0).key())), null)),
                0);
        assertThat(slices()).isEmpty();
    }

    @Test
    @DisplayName("that every namespace has its default ServiceAccount, until it goes")
    void defaultAccounts() {
        DecidedShard with = new DecidedShard(1, () -> List.of(new DefaultAccounts()));
        ResourceType accounts = new ResourceType("", "serviceaccounts");
        assertThat(with.find(accounts, "default", "default")).isPresent();
        done(with.create(Placement.NAMESPACES, "Namespace", "", "shop", ""));
        Resource made = with.find(accounts, "shop", "default").orElseThrow();
        done(with.delete(made.key()));
        assertThat(with.find(accounts, "shop", "default").orElseThrow().uid()).isNotEqualTo(made.uid());
        done(with.delete(new ResourceKey(Placement.NAMESPACES, "", "shop")));
        assertThat(with.find(Placement.NAMESPACES, "", "shop")).isEmpty();
        assertThat(with.find(accounts, "shop", "default")).isEmpty();
    }
}
