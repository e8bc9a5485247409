package dev.weft.registry.federation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.Write;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Which ServiceExports of one shard may have other conditions now, and what is to be written to them. For one thread. */
final class ExportStatuses {
    private final String cluster;
    private final ExportBook exports;
    private final ImportBook imports;
    private final Set<ExportName> waiting = new LinkedHashSet<>();

    /**
     * @param cluster the name of this cluster
     * @param exports what it exports itself
     * @param imports what all clusters' exports come to
     */
    ExportStatuses(String cluster, ExportBook exports, ImportBook imports) {
        this.cluster = cluster;
        this.exports = exports;
        this.imports = imports;
    }

    /** The conditions of a name may be others. */
    void look(ExportName name) {
        waiting.add(name);
    }

    /** Looks at all that wait, which then wait no more. */
    List<Write> due(Instant now) {
        List<Write> writes = new ArrayList<>();
        for (ExportName name : waiting) {
            Resource export = exports.export(name);
            if (export != null) {
                ImportedService imported = imports.merge(name);
                boolean ours = imported != null && imported.clusters().contains(cluster);
                ObjectNode changed = ExportConditions.applied(
                        export, ExportConditions.of(exports.validity(name), ours ? imported : null), now);
                if (changed != null) {
                    writes.add(new Write.Update(export.key(), "status", JsonBytes.of(changed), Write.Options.DEFAULT));
                }
            }
        }
        waiting.clear();
        return writes;
    }
}
