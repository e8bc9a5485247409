package dev.weft.proxy.nftables;

import dev.weft.proxy.nftables.TableContent.Chain;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A change of the table, as the lines of one transaction. The order of the lines makes every reference point at something:
 * what is new comes before what refers to it, what goes after nothing does any more.
 */
record TableChange(List<String> lines) {
    private static final int ELEMENTS_IN_A_LINE = 500;

    TableChange {
        lines = List.copyOf(lines);
    }

    boolean isEmpty() {
        return lines.isEmpty();
    }

    /** As a script for {@code nft -f}. {@code TABLE} in the lines becomes the family and name of the table. */
    String script(String table) {
        StringBuilder script = new StringBuilder();
        lines.forEach(line ->
                script.append(line.replaceFirst("TABLE", "inet " + table)).append('\n'));
        return script.toString();
    }

    /** The same, on a table that is made anew in the same transaction. */
    String scriptFromNothing(String table, String comment) {
        return "add table inet " + table + "\ndelete table inet " + table + "\nadd table inet " + table
                + " { comment \"" + comment + "\"; }\n" + script(table);
    }

    /** Collects the parts of a change in any order. */
    static final class Builder {
        private final List<String> declared = new ArrayList<>();
        private final List<String> flushed = new ArrayList<>();
        private final List<String> ruled = new ArrayList<>();
        private final List<String> emptied = new ArrayList<>();
        private final List<String> deleted = new ArrayList<>();
        private final List<String> setsDeleted = new ArrayList<>();
        private final Map<String, List<String>> removed = new LinkedHashMap<>();
        private final Map<String, List<String>> added = new LinkedHashMap<>();

        /** @param before the print that it had; null for none */
        void chain(String name, @Nullable String before, @Nullable Chain after) {
            if (after == null) {
                if (before != null) {
                    emptied.add("flush chain TABLE " + name);
                    deleted.add("delete chain TABLE " + name);
                }
                return;
            }
            if (after.print().equals(before)) {
                return;
            }
            if (before == null) {
                String hook = Skeleton.hooks().get(name);
                declared.add("add chain TABLE " + name + (hook == null ? "" : " " + hook));
            } else {
                flushed.add("flush chain TABLE " + name);
            }
            for (String rule : after.rules()) {
                String comment = rule.contains(" comment ") ? "" : " comment \"" + after.comment() + "\"";
                ruled.add("add rule TABLE " + name + " " + rule + comment);
            }
        }

        /** A set's declaration never changes under its name. */
        void set(String name, @Nullable String before, @Nullable String after) {
            if (before == null && after != null) {
                int kind = after.indexOf(' ');
                declared.add("add " + after.substring(0, kind) + " TABLE " + name + after.substring(kind));
            } else if (before != null && after == null) {
                setsDeleted.add("delete set TABLE " + name);
            }
        }

        void element(String set, String key, @Nullable String before, @Nullable String after) {
            if (before != null && !before.equals(after)) {
                removed.computeIfAbsent(set, first -> new ArrayList<>()).add(key);
            }
            if (after != null && !after.equals(before)) {
                added.computeIfAbsent(set, first -> new ArrayList<>()).add(after.isEmpty() ? key : key + " : " + after);
            }
        }

        TableChange build() {
            List<String> lines = new ArrayList<>(declared);
            elements(lines, "delete", removed);
            lines.addAll(flushed);
            lines.addAll(ruled);
            elements(lines, "add", added);
            lines.addAll(emptied);
            lines.addAll(deleted);
            lines.addAll(setsDeleted);
            return new TableChange(lines);
        }

        private static void elements(List<String> lines, String verb, Map<String, List<String>> elements) {
            elements.forEach((set, all) -> {
                for (int from = 0; from < all.size(); from += ELEMENTS_IN_A_LINE) {
                    int to = Math.min(all.size(), from + ELEMENTS_IN_A_LINE);
                    lines.add(verb + " element TABLE " + set + " { " + String.join(", ", all.subList(from, to)) + " }");
                }
            });
        }
    }
}
