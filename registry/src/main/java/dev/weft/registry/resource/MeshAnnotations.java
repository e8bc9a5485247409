package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What annotations below {@code mesh.weft.dev/} may say where proxy-nodes read them: a wish that cannot be read is refused
 * when it is written, not passed over by whoever was to follow it. Names that nothing of Weft reads are let through with a
 * warning: another program, or a newer version, may use them.
 */
final class MeshAnnotations {
    private static final String GROUP = "mesh.weft.dev/";
    private static final String WEIGHTS_OF_PLACES = "[^=,\\s]{1,253}=[0-9]{1,3}";
    private static final Rule COUNT = new Rule("[0-9]{1,9}", "must be a count, from 0 to 999999999");
    private static final Rule PLACES =
            listOf(WEIGHTS_OF_PLACES, "must be names with weights from 0 to 999, e.g. east=3,west=1");
    private static final Rule WEIGHT = new Rule(
            "0{0,4}[0-9]|[0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]",
            "must be a weight from 0 (nothing while another endpoint is in choice) to 65535");

    /** As {@code HealthCheck} of the proxy-node reads them, which checks by them. */
    private static final Map<String, Rule> CHECKS = checks();

    private static final Map<String, Rule> BALANCING = Map.of(
            "algorithm",
            oneOf(
                    "round-robin",
                    "weighted-round-robin",
                    "random",
                    "weighted-random",
                    "least-connection",
                    "least-connection-exact",
                    "least-response-time",
                    "source-ip-hash",
                    "consistent-hash",
                    "ring-hash"),
            "locality",
            oneOf("none", "cluster", "zone", "node"),
            "mode",
            oneOf("auto", "userspace", "nftables"),
            "cluster-weights",
            PLACES,
            "zone-weights",
            PLACES,
            "max-connections",
            COUNT,
            "max-connections-by-endpoint",
            COUNT,
            "idle-timeout",
            new Rule("[0-9]{1,7}(ms|s|m|h)", "must be a duration such as 500ms, 30s, 5m or 1h; 0s for never"));
    private static final Map<String, Rule> SERVICE = both(BALANCING, CHECKS);
    private static final Map<String, Rule> POD = Map.of("weight", WEIGHT);
    private static final Map<String, Rule> SLICE = new TreeMap<>(Map.of(
            "weight",
            WEIGHT,
            "weights",
            listOf("[0-9A-Fa-f.:]{2,45}=[0-9]{1,5}", "must be addresses with weights, e.g. 10.0.0.1=3,10.0.0.2=0")));

    /** What else is read of a Service: by those that check endpoints, by the pools of addresses, by {@code weft cordon}. */
    private static final List<String> OTHERS_OF_SERVICE =
            List.of("health-check-port", "load-balancer-ips", "cordoned-clusters");

    private static final Set<String> KNOWN_OF_SERVICE = known(SERVICE, OTHERS_OF_SERVICE);

    /** {@code weft run} marks the Pods that it looks after. */
    private static final Set<String> KNOWN_OF_POD = known(POD, List.of("agent"));

    /** So many names are warned of at most. */
    private static final int MOST_WARNINGS = 8;

    private MeshAnnotations() {}

    /** A sentence for each annotation of a Service that nothing of Weft reads. */
    static List<String> unknownOfService(JsonNode service) {
        return unknown(Trees.at(service, "metadata", "annotations"), KNOWN_OF_SERVICE);
    }

    /** The same of a Pod. */
    static List<String> unknownOfPod(JsonNode pod) {
        return unknown(Trees.at(pod, "metadata", "annotations"), KNOWN_OF_POD);
    }

    /** The same of what becomes annotations of ServiceImports. */
    static List<String> unknownOfExport(JsonNode export) {
        return unknown(Trees.at(export, "spec", "exportedAnnotations"), KNOWN_OF_SERVICE);
    }

    static void ofService(JsonNode service, List<FieldError> faults) {
        check(service, SERVICE, faults);
    }

    /** What becomes annotations of ServiceImports, which proxy-nodes read like those of Services. */
    static void ofExport(JsonNode export, List<FieldError> faults) {
        check(Trees.at(export, "spec", "exportedAnnotations"), "spec.exportedAnnotations", SERVICE, faults);
    }

    static void ofPod(JsonNode pod, List<FieldError> faults) {
        check(pod, POD, faults);
    }

    static void ofSlice(JsonNode slice, List<FieldError> faults) {
        check(slice, SLICE, faults);
    }

    private static void check(JsonNode object, Map<String, Rule> rules, List<FieldError> faults) {
        check(Trees.at(object, "metadata", "annotations"), "metadata.annotations", rules, faults);
    }

    private static void check(JsonNode annotations, String path, Map<String, Rule> rules, List<FieldError> faults) {
        rules.forEach((name, rule) -> {
            JsonNode value = annotations.path(GROUP + name);
            if (value.isTextual() && !rule.allowed.matcher(value.asText()).matches()) {
                String field = path + "[" + GROUP + name + "]";
                faults.add(FieldError.invalid(field, value.asText(), rule.expected));
            }
        });
    }

    private static List<String> unknown(JsonNode annotations, Set<String> known) {
        List<String> sentences = new ArrayList<>();
        Iterator<String> names = annotations.fieldNames();
        while (names.hasNext() && sentences.size() < MOST_WARNINGS) {
            String name = names.next();
            if (name.startsWith(GROUP) && !known.contains(name.substring(GROUP.length()))) {
                String hint = NearestName.of(name.substring(GROUP.length()), known)
                        .map(near -> "; did you mean " + GROUP + near + "?")
                        .orElse("");
                sentences.add("unknown annotation " + name + hint);
            }
        }
        return sentences;
    }

    private static Set<String> known(Map<String, Rule> rules, List<String> others) {
        Set<String> names = new TreeSet<>(rules.keySet());
        names.addAll(others);
        return names;
    }

    private static Map<String, Rule> checks() {
        Rule check = new Rule("tcp|http:/[!-~]{0,1023}", "must be tcp, or http:/path");
        Rule duration = new Rule(
                "(?=[0-9]{1,7}ms)0*[1-9][0-9]{2,}ms|(?=[0-9]{1,7}[sm])0*[1-9][0-9]*[sm]",
                "must be a duration of at least 100ms, such as 500ms, 5s or 1m");
        Rule threshold = new Rule("0{0,2}[1-9]|0?[1-9][0-9]|100", "must be a count from 1 to 100");
        return Map.of(
                "data-path-check",
                check,
                "health-check",
                check,
                "health-check-status",
                new Rule("[1-5][0-9]{2}(-[1-5][0-9]{2})?", "must be a status such as 200, or a range such as 200-399"),
                "health-check-interval",
                duration,
                "health-check-timeout",
                duration,
                "health-check-healthy-threshold",
                threshold,
                "health-check-unhealthy-threshold",
                threshold);
    }

    private static Map<String, Rule> both(Map<String, Rule> one, Map<String, Rule> other) {
        Map<String, Rule> both = new TreeMap<>(one);
        both.putAll(other);
        return both;
    }

    private static Rule oneOf(String... names) {
        return new Rule(String.join("|", names), "must be one of " + String.join(", ", names));
    }

    private static Rule listOf(String part, String expected) {
        String padded = "\\s*" + part + "\\s*";
        return new Rule(padded + "(," + padded + ")*", expected);
    }

    private record Rule(Pattern allowed, String expected) {
        Rule(String allowed, String expected) {
            this(Pattern.compile(allowed), expected);
        }
    }
}
