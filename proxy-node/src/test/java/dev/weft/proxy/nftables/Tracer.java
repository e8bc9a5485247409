package dev.weft.proxy.nftables;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Follows connections through what a script has made of an empty table: it knows the commands and rules that this room
 * writes, and fails on any other, and on a script that the kernel would refuse for its references.
 */
final class Tracer {
    private static final Pattern DNAT = Pattern.compile("meta l4proto \\w+ dnat ip6? to (.*)");
    private static final Pattern MODULUS = Pattern.compile("mod (\\d+)");

    private final Map<String, Map<String, String>> elements = new LinkedHashMap<>();
    private final Map<String, List<String>> chains = new LinkedHashMap<>();

    /** Runs a script as one transaction. */
    void run(String script) {
        for (String line : script.lines().toList()) {
            String[] words = line.split(" ", 6);
            String verb = words[0] + " " + words[1];
            switch (verb) {
                case "add table" -> {}
                case "delete table" -> {
                    elements.clear();
                    chains.clear();
                }
                case "add set", "add map" -> elements.put(words[4], new TreeMap<>());
                case "delete set" -> require(elements.remove(words[4]) != null, line);
                case "add chain" -> require(chains.putIfAbsent(words[4], new ArrayList<>()) == null, line);
                case "flush chain" -> chain(words[4], line).clear();
                case "delete chain" -> {
                    require(chain(words[4], line).isEmpty() && !referred(words[4]), line);
                    chains.remove(words[4]);
                }
                case "add rule" -> {
                    String rule = words[5].replaceAll(" comment \"[0-9a-f]{16}\"$", "");
                    references(rule).forEach(name -> chain(name, line));
                    sets(rule).forEach(name -> require(elements.containsKey(name), line));
                    chain(words[4], line).add(rule);
                }
                case "add element", "delete element" -> elements(words, line);
                default -> throw new AssertionError("unknown command: " + line);
            }
        }
    }

    /** How many of each hundred-odd connections end where: endpoint to number of places; or what else becomes of them. */
    Map<String, Integer> places(String listener) {
        Map<String, String> services = elements.get(Skeleton.services(Family.of(listener)));
        String verdict = services == null ? null : services.get(listener);
        if (verdict != null) {
            return follow(verdict, listener);
        }
        Family family = Family.of(listener);
        boolean refused = has(Skeleton.refused(family), listener)
                || has(Skeleton.virtual(family), listener.substring(0, listener.indexOf(' ')));
        return Map.of(refused ? "refused" : "nowhere", 1);
    }

    boolean has(String set, String key) {
        return elements.getOrDefault(set, Map.of()).containsKey(key);
    }

    /** As it would be found. */
    InstalledTable installed() {
        Map<String, String> prints = new TreeMap<>();
        chains.forEach(
                (name, rules) -> prints.put(name, TableContent.Chain.of(rules).print()));
        return new InstalledTable(prints, elements.keySet(), elements);
    }

    Map<String, List<String>> chains() {
        return chains;
    }

    int size(String set) {
        return elements.getOrDefault(set, Map.of()).size();
    }

    private Map<String, Integer> follow(String verdict, String listener) {
        if (!verdict.startsWith("goto ")) {
            return Map.of(verdict, 1);
        }
        String chain = verdict.substring("goto ".length());
        Map<String, Integer> ends = new TreeMap<>();
        for (String rule : chain(chain, verdict)) {
            Matcher dnat = DNAT.matcher(rule);
            if (dnat.matches()) {
                places(dnat.group(1), listener).forEach((end, count) -> ends.merge(end, count, Integer::sum));
            } else if (rule.contains(" vmap { ")) {
                entries(rule)
                        .values()
                        .forEach(next ->
                                follow(next, listener).forEach((end, count) -> ends.merge(end, count, Integer::sum)));
            } else if (rule.startsWith("goto ")) {
                return follow(rule, listener);
            }
        }
        return ends;
    }

    private Map<String, Integer> places(String target, String listener) {
        Map<String, Integer> ends = new TreeMap<>();
        if (!target.contains(" map ")) {
            return Map.of(target, 1);
        }
        if (target.contains(" map { ")) {
            entries(target).forEach((places, end) -> ends.merge(plain(end), width(places), Integer::sum));
            return ends;
        }
        Matcher modulus = MODULUS.matcher(target);
        require(modulus.find(), target);
        String set = target.substring(target.indexOf('@') + 1);
        String[] parts = listener.split(" \\. ", -1);
        for (int place = 0; place < Integer.parseInt(modulus.group(1)); place++) {
            String end = elements.getOrDefault(set, Map.of()).get(parts[0] + " . " + parts[2] + " . " + place);
            require(end != null, "place " + place + " of " + listener + " leads nowhere");
            ends.merge(plain(String.valueOf(end)), 1, Integer::sum);
        }
        return ends;
    }

    private static Map<String, String> entries(String rule) {
        Map<String, String> entries = new LinkedHashMap<>();
        String inner = rule.substring(rule.indexOf("{ ") + 2, rule.lastIndexOf(" }"));
        for (String entry : inner.split(", ", -1)) {
            int colon = entry.indexOf(" : ");
            entries.put(entry.substring(0, colon), entry.substring(colon + 3));
        }
        return entries;
    }

    private static int width(String places) {
        String[] ends = places.split("-", -1);
        return Integer.parseInt(ends[ends.length - 1]) - Integer.parseInt(ends[0]) + 1;
    }

    private static String plain(String end) {
        return end.replace(" . ", ":");
    }

    private void elements(String[] words, String line) {
        Map<String, String> set = Objects.requireNonNull(elements.get(words[4]), line);
        String inner = words[5].substring(2, words[5].length() - 2);
        for (String element : inner.split(", ", -1)) {
            int colon = element.indexOf(" : ");
            String key = colon < 0 ? element : element.substring(0, colon);
            String value = colon < 0 ? "" : element.substring(colon + 3);
            if (words[0].equals("delete")) {
                require(set.remove(key) != null, "delete of an element that is not there: " + key);
            } else {
                references(value).forEach(name -> chain(name, line));
                require(set.put(key, value) == null, "add of an element that is there: " + key);
            }
        }
    }

    private boolean referred(String chain) {
        boolean byElement = elements.values().stream()
                .anyMatch(set -> set.values().stream()
                        .anyMatch(value -> references(value).contains(chain)));
        return byElement
                || chains.values().stream()
                        .anyMatch(rules ->
                                rules.stream().anyMatch(rule -> references(rule).contains(chain)));
    }

    private static List<String> references(String text) {
        List<String> names = new ArrayList<>();
        Matcher matcher = Pattern.compile("(?:goto|jump) ([^ ,}]+)").matcher(text);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    private static List<String> sets(String text) {
        List<String> names = new ArrayList<>();
        Matcher matcher = Pattern.compile("@([^ ]+)").matcher(text);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    private List<String> chain(String name, String line) {
        List<String> rules = chains.get(name);
        if (rules == null) {
            throw new AssertionError("no chain " + name + " for: " + line);
        }
        return rules;
    }

    private static void require(boolean held, String line) {
        if (!held) {
            throw new AssertionError("the kernel would refuse: " + line);
        }
    }
}
