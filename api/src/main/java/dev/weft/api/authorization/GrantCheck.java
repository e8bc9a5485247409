package dev.weft.api.authorization;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.authentication.User;
import dev.weft.api.authorization.PolicyObjects.RoleRef;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether a role or a binding would give more than its writer has. Pure; source: kube-apiserver's escalation check. */
final class GrantCheck {
    private final RbacPolicy policy;
    private final User user;

    GrantCheck(RbacPolicy policy, User user) {
        this.policy = policy;
        this.user = user;
    }

    /** Whether he may write roles that give what he does not have. */
    boolean mayEscalate(ResourceKey key) {
        return policy.decide(
                        user,
                        AccessQuestion.ofResource(
                                "escalate", AccessTypes.GROUP, key.type().plural(), "", key.namespace(), key.name()))
                .allowed();
    }

    /**
     * Why he must not write this.
     *
     * @param present the object as it is; missing where there is none yet
     * @param next the object as it would be
     * @return empty if he may
     */
    Optional<Refusal> objection(ResourceKey key, JsonNode present, JsonNode next) {
        if (user.isMaster() || (present.isObject() && differOnlyInOwners(present, next))) {
            return Optional.empty();
        }
        return AccessTypes.isRole(key.type()) ? ofRole(key, present, next) : ofBinding(key, next);
    }

    private Optional<Refusal> ofRole(ResourceKey key, JsonNode present, JsonNode next) {
        if (mayEscalate(key)) {
            return Optional.empty();
        }
        Optional<Refusal> tooMuch = tooMuch(key, PolicyRule.ofRole(next));
        boolean aggregates = next.hasNonNull("aggregationRule") || present.hasNonNull("aggregationRule");
        boolean everything = RuleCover.missing(policy.rulesOf(user, ""), RbacPolicy.EVERYTHING)
                .isEmpty();
        return tooMuch.isEmpty() && aggregates && !everything
                ? Optional.of(forbidden(key, "must have cluster-admin privileges to use an aggregationRule"))
                : tooMuch;
    }

    private Optional<Refusal> ofBinding(ResourceKey key, JsonNode next) {
        RoleRef ref = RoleRef.of(next);
        ResourceType type = ref.clusterWide() ? AccessTypes.CLUSTER_ROLES : AccessTypes.ROLES;
        AccessQuestion bind =
                AccessQuestion.ofResource("bind", type.group(), type.plural(), "", key.namespace(), ref.name());
        if (policy.decide(user, bind).allowed()) {
            return Optional.empty();
        }
        List<PolicyRule> rules = policy.rules(ref, key.namespace());
        return rules == null
                ? Optional.of(
                        Refusal.notFound(new ResourceKey(type, ref.clusterWide() ? "" : key.namespace(), ref.name())))
                : tooMuch(key, rules);
    }

    private Optional<Refusal> tooMuch(ResourceKey key, List<PolicyRule> given) {
        List<PolicyRule> missing = RuleCover.missing(policy.rulesOf(user, key.namespace()), given);
        if (missing.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(forbidden(
                key,
                "user " + Quoting.quoted(user.name()) + " (groups=" + Quoting.quoted(user.groups())
                        + ") is attempting to grant RBAC permissions not currently held:\n"
                        + missing.stream().map(PolicyRule::toString).collect(Collectors.joining("\n"))));
    }

    private static Refusal forbidden(ResourceKey key, String why) {
        return Forbidden.refusal(
                AccessQuestion.ofResource("", key.type().group(), key.type().plural(), "", key.namespace(), key.name()),
                why);
    }

    /** What the garbage collector changes must not need the rights that the role gives. */
    private static boolean differOnlyInOwners(JsonNode present, JsonNode next) {
        return withoutBookkeeping(present).equals(withoutBookkeeping(next));
    }

    private static JsonNode withoutBookkeeping(JsonNode object) {
        ObjectNode copy = object.deepCopy();
        ObjectNode metadata =
                copy.get("metadata") instanceof ObjectNode there ? there : JsonNodeFactory.instance.objectNode();
        metadata.remove(
                List.of("ownerReferences", "finalizers", "resourceVersion", "managedFields", "generation", "selfLink"));
        return copy;
    }
}
