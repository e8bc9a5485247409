package dev.weft.proxy.nftables;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.proxy.dataplane.ListenerKey;
import dev.weft.proxy.view.Protocol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What was found in the kernel's table.
 *
 * @param chains names with the prints of their rules; a print that no chain of ours has where somebody changed it
 * @param sets names; sets that rules bring along themselves are left out
 * @param elements by set and key; of sets that the kernel fills itself none
 * @param by the process that programs it; null where none says so
 */
record InstalledTable(
        Map<String, String> chains,
        Set<String> sets,
        Map<String, Map<String, String>> elements,
        @Nullable ProcessMark by) {
    private static final String CHANGED = "changed";
    private static final Pattern LISTENER = Pattern.compile("([0-9a-f.:]+) \\. (tcp|udp) \\. ([0-9]{1,5})");

    InstalledTable {
        chains = Map.copyOf(chains);
        sets = Set.copyOf(sets);
        elements = Map.copyOf(elements);
    }

    /** One that nobody programs. */
    InstalledTable(Map<String, String> chains, Set<String> sets, Map<String, Map<String, String>> elements) {
        this(chains, sets, elements, null);
    }

    /** Reads what {@code nft -j list table} prints. */
    static InstalledTable read(JsonNode listing) {
        Map<String, List<String>> comments = new HashMap<>();
        Set<String> sets = new HashSet<>();
        Map<String, Map<String, String>> elements = new HashMap<>();
        for (JsonNode object : listing.path("nftables")) {
            if (object.has("chain")) {
                comments.computeIfAbsent(object.path("chain").path("name").asText(), first -> new ArrayList<>());
            } else if (object.has("rule")) {
                JsonNode rule = object.path("rule");
                comments.computeIfAbsent(rule.path("chain").asText(), first -> new ArrayList<>())
                        .add(rule.path("comment").asText());
            } else if (object.has("set") || object.has("map")) {
                JsonNode set = object.path(object.has("set") ? "set" : "map");
                String name = set.path("name").asText();
                sets.add(name);
                if (!set.path("flags").toString().contains("timeout")) {
                    elements.put(name, elements(set.path("elem")));
                }
            }
        }
        Map<String, String> chains = new HashMap<>();
        comments.forEach((name, of) -> chains.put(name, print(of)));
        return new InstalledTable(chains, sets, elements, by(comments));
    }

    private static @Nullable ProcessMark by(Map<String, List<String>> comments) {
        String owners = comments.entrySet().stream()
                .filter(chain -> chain.getKey().startsWith(Skeleton.OWNER))
                .flatMap(chain -> chain.getValue().stream())
                .collect(Collectors.joining("\n"));
        return ProcessMark.in(owners);
    }

    /** Who made the table; empty for nobody that says so, null when it is of another format than ours. */
    @Nullable
    String owner() {
        if (!chains.containsKey(Skeleton.FORMAT)) {
            return null;
        }
        return chains.keySet().stream()
                .filter(name -> name.startsWith(Skeleton.OWNER))
                .map(name -> name.substring(Skeleton.OWNER.length()))
                .findAny()
                .orElse("");
    }

    /** Listeners of a protocol whose connections it leads. */
    Set<ListenerKey> listeners(Protocol protocol) {
        Set<ListenerKey> listeners = new HashSet<>();
        for (Family family : Family.values()) {
            for (String key :
                    elements.getOrDefault(Skeleton.services(family), Map.of()).keySet()) {
                Matcher listener = LISTENER.matcher(key);
                if (listener.matches() && listener.group(2).equals(protocol == Protocol.UDP ? "udp" : "tcp")) {
                    listeners.add(new ListenerKey(listener.group(1), Integer.parseInt(listener.group(3)), protocol));
                }
            }
        }
        return listeners;
    }

    private static String print(List<String> comments) {
        if (comments.isEmpty()) {
            return TableContent.Chain.of(List.of()).print();
        }
        List<String> prints = comments.stream()
                .filter(comment -> ProcessMark.in(comment) == null)
                .distinct()
                .toList();
        return TableContent.Chain.print(prints.size() == 1 ? prints.get(0) : CHANGED, comments.size());
    }

    private static Map<String, String> elements(JsonNode list) {
        Map<String, String> elements = new HashMap<>();
        for (JsonNode element : list) {
            if (element.isArray()) {
                elements.put(text(element.path(0)), verdict(element.path(1)));
            } else {
                elements.put(text(element), "");
            }
        }
        return elements;
    }

    private static String verdict(JsonNode value) {
        if (value.has("goto")) {
            return "goto " + value.path("goto").path("target").asText();
        }
        return value.has("drop") ? "drop" : text(value);
    }

    private static String text(@Nullable JsonNode value) {
        if (value != null && value.has("elem")) {
            return text(value.path("elem").path("val")); // one that is counted
        }
        if (value == null || !value.has("concat")) {
            return value == null ? "" : value.isValueNode() ? value.asText() : value.toString();
        }
        List<String> parts = new ArrayList<>();
        value.path("concat").forEach(part -> parts.add(text(part)));
        return String.join(" . ", parts);
    }
}
