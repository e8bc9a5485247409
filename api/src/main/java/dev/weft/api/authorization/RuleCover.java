package dev.weft.api.authorization;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whether rules allow all that other rules allow. Pure; source: the escalation check of kube-apiserver. */
public final class RuleCover {
    private RuleCover() {}

    /**
     * What the wanted rules allow and the held ones do not, in as few rules as Kubernetes would say it in.
     *
     * @return empty if all is covered
     */
    public static List<PolicyRule> missing(List<PolicyRule> held, List<PolicyRule> wanted) {
        List<PolicyRule> missing = new ArrayList<>();
        for (PolicyRule rule : wanted) {
            for (PolicyRule single : singles(rule)) {
                if (held.stream().noneMatch(each -> covers(each, single))) {
                    missing.add(single);
                }
            }
        }
        return compact(missing);
    }

    /** One rule for each verb, group, resource and name; only those can be looked up one by one. */
    private static List<PolicyRule> singles(PolicyRule rule) {
        List<PolicyRule> singles = new ArrayList<>();
        for (String verb : rule.verbs()) {
            for (String group : rule.groups()) {
                for (String resource : rule.resources()) {
                    if (rule.names().isEmpty()) {
                        singles.add(resource(verb, group, resource, List.of()));
                    }
                    rule.names().forEach(name -> singles.add(resource(verb, group, resource, List.of(name))));
                }
            }
            for (String path : rule.paths()) {
                singles.add(new PolicyRule(List.of(verb), List.of(), List.of(), List.of(), List.of(path)));
            }
        }
        return singles;
    }

    private static PolicyRule resource(String verb, String group, String resource, List<String> names) {
        return new PolicyRule(List.of(verb), List.of(group), List.of(resource), names, List.of());
    }

    private static boolean covers(PolicyRule held, PolicyRule wanted) {
        return coversTexts(held.verbs(), wanted.verbs())
                && coversTexts(held.groups(), wanted.groups())
                && wanted.resources().stream().allMatch(resource -> coversResource(held.resources(), resource))
                && coversNames(held.names(), wanted.names())
                && wanted.paths().stream().allMatch(path -> coversPath(held.paths(), path));
    }

    private static boolean coversTexts(List<String> held, List<String> wanted) {
        return held.contains(PolicyRule.ALL) || held.containsAll(wanted);
    }

    private static boolean coversResource(List<String> held, String wanted) {
        if (held.contains(PolicyRule.ALL) || held.contains(wanted)) {
            return true;
        }
        int slash = wanted.indexOf('/');
        return slash >= 0 && held.contains("*" + wanted.substring(slash));
    }

    private static boolean coversNames(List<String> held, List<String> wanted) {
        return held.isEmpty() || (!wanted.isEmpty() && held.containsAll(wanted));
    }

    private static boolean coversPath(List<String> held, String wanted) {
        return held.stream().anyMatch(allowed -> PolicyRule.coversPath(allowed, /* path= */ wanted));
    }

    /** Rules that differ in their verbs only become one. */
    private static List<PolicyRule> compact(List<PolicyRule> singles) {
        Map<List<List<String>>, List<String>> verbs = new LinkedHashMap<>();
        for (PolicyRule rule : singles) {
            List<String> known = verbs.computeIfAbsent(
                    List.of(rule.groups(), rule.resources(), rule.names(), rule.paths()), key -> new ArrayList<>());
            if (!known.contains(rule.verbs().get(0))) {
                known.add(rule.verbs().get(0));
            }
        }
        List<PolicyRule> compacted = new ArrayList<>();
        verbs.forEach((key, all) -> compacted.add(new PolicyRule(all, key.get(0), key.get(1), key.get(2), key.get(3))));
        compacted.sort(Comparator.comparing(PolicyRule::toString));
        return List.copyOf(new ArrayList<>(new java.util.LinkedHashSet<>(compacted)));
    }

    /** Whether two lists hold the same rules, in whatever order. */
    static boolean same(List<PolicyRule> one, List<PolicyRule> other) {
        return new HashSet<>(one).equals(new HashSet<>(other));
    }
}
