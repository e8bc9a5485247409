package dev.weft.registry.federation;

import dev.weft.registry.federation.Conditions.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a ServiceImport says of itself. Pure. */
final class ImportConditions {
    private ImportConditions() {}

    /**
     * Whether it can be used.
     *
     * @param addresses it has, by family
     * @param families the address families that this cluster has addresses of
     * @param denied why it got no address; null where nothing was denied
     */
    static Condition ready(
            ImportedService imported, Map<String, String> addresses, Set<String> families, @Nullable String denied) {
        if (imported.winner().headless() || !addresses.isEmpty()) {
            return new Condition("Ready", "True", "Ready", "The Service is imported.");
        }
        if (imported.winner().ipFamilies().stream().noneMatch(families::contains)) {
            return new Condition(
                    "Ready",
                    "False",
                    "IPFamilyNotSupported",
                    "The Service has " + imported.winner().ipFamilies() + ", this cluster's clusterset addresses are "
                            + new TreeSet<>(families) + ".");
        }
        return new Condition("Ready", "False", "Pending", denied == null ? "It has no address yet." : denied);
    }

    /**
     * Whether all who export it are heard.
     *
     * @param withdrawn who exports it too, and was not heard for so long that it does not count any more
     */
    static Condition fresh(ImportedService imported, Standing standing, List<String> withdrawn) {
        List<String> stale =
                imported.clusters().stream().filter(standing.stale()::contains).toList();
        if (stale.isEmpty() && withdrawn.isEmpty()) {
            return new Condition(
                    ServiceImportObject.FRESH, "True", "Fresh", "All clusters that export it make progress.");
        }
        List<String> sentences = new ArrayList<>();
        if (!stale.isEmpty()) {
            sentences.add("Nothing new is heard of " + String.join(", ", stale)
                    + "; what they exported stays in use, behind the endpoints of other clusters.");
        }
        if (!withdrawn.isEmpty()) {
            sentences.add("Nothing was heard of " + String.join(", ", withdrawn)
                    + " for so long that what they exported is not in use any more.");
        }
        return new Condition(
                ServiceImportObject.FRESH,
                "False",
                stale.isEmpty() ? "Withdrawn" : "Stale",
                String.join(" ", sentences));
    }
}
