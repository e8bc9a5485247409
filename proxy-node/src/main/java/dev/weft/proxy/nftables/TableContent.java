package dev.weft.proxy.nftables;

import dev.weft.proxy.nftables.ListenerRules.Element;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is to stand in the table, and what of it has changed since the last {@link #takeChanges}. For one thread at a time;
 * a change costs what is changed.
 */
final class TableContent {
    private final Map<String, String> sets = new LinkedHashMap<>();
    private final Map<String, Chain> chains = new LinkedHashMap<>();
    private final Map<String, Map<String, String>> elements = new HashMap<>();

    private final Map<String, @Nullable String> setsBefore = new LinkedHashMap<>();
    private final Map<String, @Nullable String> chainsBefore = new LinkedHashMap<>();
    private final Map<Place, @Nullable String> elementsBefore = new LinkedHashMap<>();

    /** A chain's rules, and a text that is the same for the same rules in every process. */
    record Chain(List<String> rules, String print) {
        static Chain of(List<String> rules) {
            return new Chain(List.copyOf(rules), print(Fingerprint.of(rules), rules.size()));
        }

        static String print(String fingerprint, int rules) {
            return fingerprint + "#" + rules;
        }

        /** What each rule carries as a comment. */
        String comment() {
            return print.substring(0, print.indexOf('#'));
        }
    }

    /** Where an element is. */
    record Place(String set, String key) {}

    void set(String name, @Nullable String declaration) {
        note(setsBefore, name, sets.get(name));
        write(sets, name, declaration);
    }

    void chain(String name, @Nullable List<String> rules) {
        Chain present = chains.get(name);
        note(chainsBefore, name, present == null ? null : present.print());
        write(chains, name, rules == null ? null : Chain.of(rules));
    }

    boolean hasChain(String name) {
        return chains.containsKey(name);
    }

    void put(Element element) {
        write(element.set(), element.key(), element.value());
    }

    void remove(Element element) {
        write(element.set(), element.key(), null);
    }

    /** Everything, as a change of an empty table. */
    TableChange all() {
        return difference(new InstalledTable(Map.of(), Set.of(), Map.of()));
    }

    /** What makes another content into this one; costs the size of both. Nothing counts as changed afterwards. */
    TableChange difference(InstalledTable from) {
        Map<String, String> installedChains = from.chains();
        Set<String> chainNames = new TreeSet<>(installedChains.keySet());
        chainNames.addAll(chains.keySet());
        TableChange.Builder change = new TableChange.Builder();
        for (String name : chainNames) {
            Chain wanted = chains.get(name);
            change.chain(name, installedChains.get(name), wanted);
        }
        Set<String> setNames = new TreeSet<>(from.sets());
        setNames.addAll(sets.keySet());
        for (String name : setNames) {
            String wanted = sets.get(name);
            change.set(name, from.sets().contains(name) ? (wanted == null ? "" : wanted) : null, wanted);
        }
        Set<String> filled = new TreeSet<>(from.elements().keySet());
        filled.addAll(elements.keySet());
        for (String set : filled) {
            Map<String, String> before = from.elements().getOrDefault(set, Map.of());
            Map<String, String> after = elements.getOrDefault(set, Map.of());
            before.forEach((key, value) -> change.element(set, key, value, after.get(key)));
            after.forEach((key, value) -> {
                if (!before.containsKey(key)) {
                    change.element(set, key, null, value);
                }
            });
        }
        forget();
        return change.build();
    }

    /** What has changed since the last call. */
    TableChange takeChanges() {
        TableChange.Builder change = new TableChange.Builder();
        chainsBefore.forEach((name, before) -> change.chain(name, before, chains.get(name)));
        setsBefore.forEach((name, before) -> change.set(name, before, sets.get(name)));
        elementsBefore.forEach((place, before) -> change.element(
                place.set(),
                place.key(),
                before,
                elements.getOrDefault(place.set(), Map.of()).get(place.key())));
        forget();
        return change.build();
    }

    private void forget() {
        setsBefore.clear();
        chainsBefore.clear();
        elementsBefore.clear();
    }

    private void write(String set, String key, @Nullable String value) {
        Map<String, String> all = elements.computeIfAbsent(set, first -> new HashMap<>());
        note(elementsBefore, new Place(set, key), all.get(key));
        write(all, key, value);
    }

    /** The first note stays, also that there was nothing, which {@code putIfAbsent} would write over. */
    private static <K> void note(Map<K, @Nullable String> notes, K key, @Nullable String before) {
        if (!notes.containsKey(key)) {
            notes.put(key, before);
        }
    }

    private static <T> void write(Map<String, T> map, String key, @Nullable T value) {
        if (value == null) {
            map.remove(key);
        } else {
            map.put(key, value);
        }
    }
}
