package dev.weft.api.authorization;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.weft.registry.Registry;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.resource.Write;
import dev.weft.registry.watch.VersionMatch;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The roles and bindings that every cluster begins with; they stand in {@code default-access.yaml} beside this class. */
public final class DefaultAccess {
    private static final String KEEP = "rbac.authorization.kubernetes.io/autoupdate";
    private static final String FILE = "default-access.yaml";

    private final Registry registry;
    private final List<ObjectNode> wanted;

    public DefaultAccess(Registry registry) {
        this.registry = registry;
        this.wanted = objects();
    }

    /** All of them, as objects. */
    static List<ObjectNode> objects() {
        try (InputStream file = Objects.requireNonNull(DefaultAccess.class.getResourceAsStream(FILE), FILE)) {
            JsonNode all = new YAMLMapper().readTree(file);
            List<ObjectNode> objects = new ArrayList<>();
            all.path("roles").forEach(role -> objects.add(role(role)));
            all.path("bindings").forEach(binding -> objects.add(binding(binding)));
            return List.copyOf(objects);
        } catch (IOException e) {
            throw new UncheckedIOException(FILE, e);
        }
    }

    private static ObjectNode role(JsonNode from) {
        ObjectNode role = object("Role", from);
        if (from.has("aggregates")) {
            ArrayNode selectors = role.putObject("aggregationRule").putArray("clusterRoleSelectors");
            from.path("aggregates")
                    .forEach(label ->
                            selectors.addObject().putObject("matchLabels").put(label.asText(), "true"));
        }
        role.set("rules", from.has("rules") ? from.get("rules") : JsonNodeFactory.instance.arrayNode());
        return role;
    }

    private static ObjectNode binding(JsonNode from) {
        ObjectNode binding = object("RoleBinding", from);
        binding.putObject("roleRef")
                .put("apiGroup", AccessTypes.GROUP)
                .put("kind", kind("Role", from))
                .put("name", from.path("role").asText());
        ArrayNode subjects = binding.putArray("subjects");
        from.path("groups")
                .forEach(group -> subjects.addObject()
                        .put("apiGroup", AccessTypes.GROUP)
                        .put("kind", "Group")
                        .put("name", group.asText()));
        return binding;
    }

    private static ObjectNode object(String kind, JsonNode from) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("apiVersion", AccessTypes.GROUP + "/v1").put("kind", kind(kind, from));
        ObjectNode metadata = object.putObject("metadata");
        metadata.put("name", from.path("name").asText());
        if (from.has("namespace")) {
            metadata.set("namespace", from.get("namespace"));
        }
        metadata.putObject("annotations").put(KEEP, "true");
        ObjectNode labels = metadata.putObject("labels");
        labels.put("kubernetes.io/bootstrapping", "rbac-defaults");
        from.path("labels").properties().forEach(each -> labels.set(each.getKey(), each.getValue()));
        return object;
    }

    /** What says no namespace is of the whole cluster. A binding gives the role that is where it is itself. */
    private static String kind(String ofNamespace, JsonNode from) {
        return from.has("namespace") ? ofNamespace : "Cluster" + ofNamespace;
    }

    /**
     * Makes what is missing and adds to what is there, one after another. Nothing is ever taken away from a role or binding,
     * save from a binding that gives another role.
     *
     * @return what could not be done, a sentence each
     */
    public CompletionStage<List<String>> reconcile() {
        CompletionStage<List<String>> faults = CompletableFuture.completedFuture(new ArrayList<>());
        for (ObjectNode each : wanted) {
            faults = faults.thenCompose(soFar -> reconcile(each).thenApply(fault -> {
                fault.ifPresent(soFar::add);
                return soFar;
            }));
        }
        return faults;
    }

    private CompletionStage<Optional<String>> reconcile(ObjectNode wish) {
        ResourceKey key = key(wish);
        return registry.get(key, new VersionMatch.MostRecent()).thenCompose(answer -> {
            if (answer instanceof Registry.Answer.Found<Resource> found) {
                return amend(key, found.value().json().toTree(), wish);
            }
            Refusal refusal = ((Registry.Answer.Refused<Resource>) answer).refusal();
            return refusal.reason() == Refusal.Reason.NotFound
                    ? write(new Write.Create(key, JsonBytes.of(wish), Write.Options.DEFAULT))
                    : CompletableFuture.completedFuture(Optional.of(key + ": " + refusal.message()));
        });
    }

    private CompletionStage<Optional<String>> amend(ResourceKey key, ObjectNode present, ObjectNode wish) {
        if (present.at("/metadata/annotations").path(KEEP).asText("").equals("false")) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        boolean binding = AccessTypes.isBinding(key.type());
        if (binding && !present.path("roleRef").equals(wish.path("roleRef"))) {
            // Kubernetes, too, replaces it: to whom it gave another role may not keep it under this name.
            return write(new Write.Delete(key, Write.Deletion.DEFAULT, Write.Options.DEFAULT))
                    .thenCompose(gone -> write(new Write.Create(key, JsonBytes.of(wish), Write.Options.DEFAULT)));
        }
        ObjectNode change = binding ? subjects(present, wish) : rules(present, wish);
        change.putObject("metadata").set("labels", wish.at("/metadata/labels"));
        return write(new Write.Patch(
                key, "", Write.PatchType.MERGE_PATCH, new Write.PatchBody(change, false), Write.Options.DEFAULT));
    }

    private static ObjectNode subjects(ObjectNode present, ObjectNode wish) {
        ObjectNode change = JsonNodeFactory.instance.objectNode();
        ArrayNode all = change.putArray("subjects");
        present.path("subjects").forEach(all::add);
        for (JsonNode subject : wish.path("subjects")) {
            boolean there = false;
            for (JsonNode each : all) {
                there |= each.equals(subject);
            }
            if (!there) {
                all.add(subject);
            }
        }
        return change;
    }

    private static ObjectNode rules(ObjectNode present, ObjectNode wish) {
        ObjectNode change = JsonNodeFactory.instance.objectNode();
        if (wish.has("aggregationRule")) {
            change.set("aggregationRule", wish.get("aggregationRule"));
            return change;
        }
        ArrayNode all = change.putArray("rules");
        present.path("rules").forEach(all::add);
        RuleCover.missing(PolicyRule.ofRole(present), PolicyRule.ofRole(wish)).forEach(rule -> all.add(rule.toTree()));
        return change;
    }

    private CompletionStage<Optional<String>> write(Write write) {
        return registry.write(write).thenApply(outcome -> {
            if (outcome instanceof Write.Outcome.Refused refused
                    && refused.refusal().reason() != Refusal.Reason.AlreadyExists
                    && !(write instanceof Write.Delete && refused.refusal().reason() == Refusal.Reason.NotFound)) {
                return Optional.of(write.key() + ": " + refused.refusal().message());
            }
            return Optional.empty();
        });
    }

    private static ResourceKey key(ObjectNode object) {
        ResourceType type = switch (object.path("kind").asText()) {
            case "Role" -> AccessTypes.ROLES;
            case "RoleBinding" -> AccessTypes.ROLE_BINDINGS;
            case "ClusterRole" -> AccessTypes.CLUSTER_ROLES;
            default -> AccessTypes.CLUSTER_ROLE_BINDINGS;
        };
        return new ResourceKey(
                type,
                object.at("/metadata/namespace").asText(),
                object.at("/metadata/name").asText());
    }
}
