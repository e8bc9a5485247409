package dev.weft.registry.federation;

import dev.weft.registry.federation.ImportedService.Conflict;
import dev.weft.registry.federation.ImportedService.Reason;
import dev.weft.registry.wire.ExportRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Many clusters' exports of one name to one imported Service: the oldest export decides (rule MCS-5), among equally old ones
 * the cluster whose name sorts first (rule MCS-6); a cluster whose clock is off cannot win by back-dating. Pure; the order
 * in which exports became known does not matter.
 */
final class ImportMerge {
    private final List<Map.Entry<String, ExportRecord.Service>> byAge;
    private final List<Conflict> conflicts = new ArrayList<>();

    private ImportMerge(Map<String, ExportRecord.Service> exports, Set<String> clockOff) {
        byAge = exports.entrySet().stream()
                .map(entry -> Map.entry(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparing(
                                (Map.Entry<String, ExportRecord.Service> export) -> clockOff.contains(export.getKey()))
                        .thenComparingLong(export -> export.getValue().exportedAtMillis())
                        .thenComparing(Map.Entry::getKey))
                .toList();
    }

    /** The same where all clocks are good. */
    static ImportedService merge(Map<String, ExportRecord.Service> exports) {
        return merge(exports, Set.of());
    }

    /**
     * Merges.
     *
     * @param exports by cluster, at least one
     * @param clockOff clusters whose clocks are off: their exports count as younger than those of all others
     */
    static ImportedService merge(Map<String, ExportRecord.Service> exports, Set<String> clockOff) {
        return new ImportMerge(exports, clockOff).merge();
    }

    private ImportedService merge() {
        Map<String, Set<String>> served = new TreeMap<>();
        List<ExportRecord.Port> ports = mergePorts(served);
        compare(Reason.TypeConflict, "type", export -> export.headless() ? "Headless" : "ClusterSetIP");
        compare(Reason.SessionAffinityConflict, "sessionAffinity", ExportRecord.Service::sessionAffinity);
        int timeout = oldest().getValue().affinityTimeoutSeconds();
        compare(
                Reason.SessionAffinityConfigConflict,
                "sessionAffinityConfig.clientIP.timeoutSeconds",
                // Who has no config says nothing about it; that the affinities differ is said already.
                export -> export.affinityTimeoutSeconds() == 0 || timeout == 0
                        ? timeout
                        : export.affinityTimeoutSeconds());
        compare(Reason.AnnotationsConflict, "exportedAnnotations", export -> new TreeMap<>(export.annotations()));
        compare(Reason.LabelsConflict, "exportedLabels", export -> new TreeMap<>(export.labels()));
        compare(
                Reason.InternalTrafficPolicyConflict,
                "internalTrafficPolicy",
                ExportRecord.Service::internalTrafficPolicy);
        compare(Reason.TrafficDistributionConflict, "trafficDistribution", ExportRecord.Service::trafficDistribution);
        compare(Reason.IPFamilyConflict, "ipFamilies", export -> new TreeSet<>(export.ipFamilies()));
        shareEqual(served);
        List<String> clusters = byAge.stream().map(Map.Entry::getKey).sorted().toList();
        return new ImportedService(
                oldest().getKey(), oldest().getValue(), ports, clusters, served, List.copyOf(conflicts));
    }

    private Map.Entry<String, ExportRecord.Service> oldest() {
        return byAge.get(0);
    }

    private void compare(Reason reason, String field, Function<ExportRecord.Service, Object> property) {
        Object wins = property.apply(oldest().getValue());
        for (Map.Entry<String, ExportRecord.Service> export : byAge) {
            Object differs = property.apply(export.getValue());
            if (!differs.equals(wins)) {
                conflict(reason, export.getKey(), field, String.valueOf(differs), String.valueOf(wins));
            }
        }
    }

    private void conflict(Reason reason, String cluster, String field, String differs, String wins) {
        conflicts.add(new Conflict(
                reason,
                "Cluster " + cluster + " has " + field + " " + shown(differs) + ", cluster " + oldest().getKey()
                        + " (the oldest export) has " + shown(wins) + " and wins."));
    }

    private static String shown(String value) {
        return value.isEmpty() ? "unset" : '"' + value + '"';
    }

    /**
     * The union (rule MCS-10): a port of a younger export is new unless an older one has its name, or its protocol and
     * number. Where those are the same it is served by that cluster too; where only one of them is, it is not.
     */
    private List<ExportRecord.Port> mergePorts(Map<String, Set<String>> served) {
        List<ExportRecord.Port> union = new ArrayList<>();
        Set<ExportRecord.Port> oldestPorts = new HashSet<>(oldest().getValue().ports());
        for (Map.Entry<String, ExportRecord.Service> export : byAge) {
            Set<String> names = served.computeIfAbsent(export.getKey(), none -> new TreeSet<>());
            for (ExportRecord.Port port : export.getValue().ports()) {
                if (addTo(union, port)) {
                    names.add(port.name());
                }
            }
            Set<ExportRecord.Port> ports = new HashSet<>(export.getValue().ports());
            if (!ports.equals(oldestPorts)) {
                conflict(
                        Reason.PortConflict,
                        export.getKey(),
                        "ports",
                        text(export.getValue().ports()),
                        text(oldest().getValue().ports()));
            }
        }
        return List.copyOf(union);
    }

    /** Most clusters serve the same, and what a hundred say of a thousand names is kept. */
    private static void shareEqual(Map<String, Set<String>> served) {
        Map<Set<String>, Set<String>> shared = new HashMap<>();
        served.replaceAll((cluster, names) -> shared.computeIfAbsent(names, Set::copyOf));
    }

    /** Whether the cluster that has this port serves it. */
    private static boolean addTo(List<ExportRecord.Port> union, ExportRecord.Port port) {
        for (ExportRecord.Port older : union) {
            boolean sameName = older.name().equals(port.name());
            boolean sameNumber = older.port() == port.port() && older.protocol().equals(port.protocol());
            if (sameName || sameNumber) {
                return sameName && sameNumber;
            }
        }
        union.add(port);
        return true;
    }

    private static String text(List<ExportRecord.Port> ports) {
        List<String> texts = new ArrayList<>();
        for (ExportRecord.Port port : ports) {
            texts.add((port.name().isEmpty() ? "" : port.name() + "=")
                    + port.port()
                    + "/"
                    + port.protocol()
                    + (port.appProtocol().isEmpty() ? "" : " " + port.appProtocol()));
        }
        return String.join(", ", texts);
    }
}
