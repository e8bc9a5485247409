package dev.weft.api.authorization;

import dev.weft.api.authentication.User;
import dev.weft.api.authorization.PolicyObjects.Binding;
import dev.weft.api.authorization.PolicyObjects.Role;
import dev.weft.api.authorization.PolicyObjects.RoleRef;
import dev.weft.api.authorization.PolicyObjects.Subject;
import dev.weft.registry.resource.LabelSelector;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One immutable picture of all roles and bindings, and what follows from it. Pure. */
public final class RbacPolicy {
    private static final PolicyRule EVERY_RESOURCE =
            new PolicyRule(List.of("*"), List.of("*"), List.of("*"), List.of(), List.of());
    private static final PolicyRule EVERY_PATH =
            new PolicyRule(List.of("*"), List.of(), List.of(), List.of(), List.of("*"));

    /** All that can be allowed. */
    static final List<PolicyRule> EVERYTHING = List.of(EVERY_RESOURCE, EVERY_PATH);

    private final Map<String, Role> clusterRoles;
    private final Map<String, Map<String, Role>> roles;
    private final Grants clusterWide;
    private final Map<String, Grants> byNamespace;

    /** The bindings of one scope, by whom they are for. */
    private record Grants(Map<String, List<Grant>> users, Map<String, List<Grant>> groups) {
        private static final Grants NONE = new Grants(Map.of(), Map.of());

        private void add(Binding binding) {
            for (Subject subject : binding.subjects()) {
                (subject.group() ? groups : users)
                        .computeIfAbsent(subject.key(), key -> new ArrayList<>())
                        .add(new Grant(binding, subject));
            }
        }

        private List<Grant> of(User user) {
            List<Grant> found = new ArrayList<>(users.getOrDefault(user.name(), List.of()));
            user.groups().forEach(group -> found.addAll(groups.getOrDefault(group, List.of())));
            return found;
        }
    }

    private record Grant(Binding binding, Subject subject) {
        private String reason() {
            return "RBAC: allowed by " + binding.described() + " of "
                    + binding.role().kind() + " "
                    + Quoting.quoted(binding.role().name()) + " to " + subject.described();
        }
    }

    RbacPolicy(Collection<Role> allRoles, Collection<Binding> bindings) {
        this.clusterRoles = new HashMap<>();
        this.roles = new HashMap<>();
        for (Role role : allRoles) {
            if (role.namespace().isEmpty()) {
                clusterRoles.put(role.name(), role);
            } else {
                roles.computeIfAbsent(role.namespace(), key -> new HashMap<>()).put(role.name(), role);
            }
        }
        this.clusterWide = new Grants(new HashMap<>(), new HashMap<>());
        this.byNamespace = new HashMap<>();
        for (Binding binding : bindings) {
            Grants grants = binding.namespace().isEmpty()
                    ? clusterWide
                    : byNamespace.computeIfAbsent(
                            binding.namespace(), key -> new Grants(new HashMap<>(), new HashMap<>()));
            grants.add(binding);
        }
    }

    /** Whether somebody may. */
    public Verdict decide(User user, AccessQuestion question) {
        if (user.isMaster()) {
            return new Verdict(true, "");
        }
        Set<String> faults = new LinkedHashSet<>();
        for (Grant grant : grants(user, question.namespace())) {
            List<PolicyRule> rules =
                    rules(grant.binding().role(), grant.binding().namespace());
            if (rules == null) {
                faults.add(missing(grant.binding().role()));
            } else if (rules.stream().anyMatch(rule -> rule.allows(question))) {
                return new Verdict(true, grant.reason());
            }
        }
        return new Verdict(false, faults.isEmpty() ? "" : "RBAC: " + listed(faults));
    }

    private List<Grant> grants(User user, String namespace) {
        List<Grant> all = clusterWide.of(user);
        if (!namespace.isEmpty()) {
            all.addAll(byNamespace.getOrDefault(namespace, Grants.NONE).of(user));
        }
        return all;
    }

    /** The rules of one who may do everything. */
    public static List<PolicyRule> everything() {
        return EVERYTHING;
    }

    /**
     * All rules that allow somebody something.
     *
     * @param namespace empty for what he may do everywhere
     */
    public List<PolicyRule> rulesOf(User user, String namespace) {
        if (user.isMaster()) {
            return EVERYTHING;
        }
        Set<PolicyRule> found = new LinkedHashSet<>();
        for (Grant grant : grants(user, namespace)) {
            List<PolicyRule> rules =
                    rules(grant.binding().role(), grant.binding().namespace());
            if (rules != null) {
                found.addAll(rules);
            }
        }
        return List.copyOf(found);
    }

    /**
     * The rules of a role.
     *
     * @param namespace of the binding that names it
     * @return null if there is no such role
     */
    @Nullable
    List<PolicyRule> rules(RoleRef ref, String namespace) {
        Role role = ref.clusterWide()
                ? clusterRoles.get(ref.name())
                : roles.getOrDefault(namespace, Map.of()).get(ref.name());
        if (role == null) {
            return null;
        }
        return role.aggregates().isEmpty() ? role.rules() : aggregated(role);
    }

    /** {@code clusterrole.rbac.authorization.k8s.io "x" not found}. */
    static String missing(RoleRef ref) {
        return ref.kind().toLowerCase(java.util.Locale.ROOT) + ".rbac.authorization.k8s.io "
                + Quoting.quoted(ref.name()) + " not found";
    }

    private static String listed(Set<String> faults) {
        return faults.size() == 1 ? faults.iterator().next() : "[" + String.join(", ", faults) + "]";
    }

    /**
     * The rules that an aggregated role takes over: those of the cluster roles that its selectors choose, by name, each once.
     * One that is chosen and aggregates itself counts with what it aggregates.
     */
    private List<PolicyRule> aggregated(Role role) {
        Set<PolicyRule> found = new LinkedHashSet<>();
        gather(role, found, new LinkedHashSet<>());
        return List.copyOf(found);
    }

    private void gather(Role role, Set<PolicyRule> found, Set<String> seen) {
        if (!seen.add(role.name())) {
            return;
        }
        for (LabelSelector selector : role.aggregates()) {
            clusterRoles.values().stream()
                    .filter(each -> !each.name().equals(role.name()) && selector.matches(each.labels()))
                    .sorted(Comparator.comparing(Role::name))
                    .forEach(each -> {
                        if (each.aggregates().isEmpty()) {
                            found.addAll(each.rules());
                        } else {
                            gather(each, found, seen);
                        }
                    });
        }
    }

    /** The aggregated roles whose stored rules are not what they should be, with what they should be. */
    Map<String, List<PolicyRule>> outdatedAggregates() {
        Map<String, List<PolicyRule>> outdated = new HashMap<>();
        for (Role role : clusterRoles.values()) {
            if (!role.aggregates().isEmpty()) {
                List<PolicyRule> should = aggregated(role);
                if (!RuleCover.same(should, role.rules())) {
                    outdated.put(role.name(), should);
                }
            }
        }
        return outdated;
    }
}
