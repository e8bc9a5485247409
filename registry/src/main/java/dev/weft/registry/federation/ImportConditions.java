package dev.weft.registry.federation;

import dev.weft.registry.federation.Conditions.Condition;
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

    /** Whether all who export it are heard. */
    static Condition fresh(ImportedService imported, Standing standing) {
        List<String> stale =
                imported.clusters().stream().filter(standing.stale()::contains).toList();
        return stale.isEmpty()
                ? new Condition(
                        ServiceImportObject.FRESH, "True", "Fresh", "All clusters that export it make progress.")
                : new Condition(
                        ServiceImportObject.FRESH,
                        "False",
                        "Stale",
                        "Nothing new is heard of " + String.join(", ", stale)
                                + "; what they exported stays in use, behind the endpoints of other clusters.");
    }
}
