package dev.weft.registry.federation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.registry.federation.ImportedService.Conflict;
import dev.weft.registry.federation.ImportedService.Reason;
import dev.weft.registry.wire.ExportRecord;
import dev.weft.registry.wire.ExportRecord.Port;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Exports of one name")
class ImportMergeTest {
    static final Port HTTP = new Port("http", "TCP", 80, "");

    static ExportRecord.Service export(long at, Port... ports) {
        return new ExportRecord.Service(
                at, false, List.of(ports), "None", 0, List.of("IPv4"), "Cluster", "", Map.of(), Map.of());
    }

    private static ExportRecord.Service headless(long at) {
        return new ExportRecord.Service(
                at,
                true,
                List.of(HTTP),
                "ClientIP",
                60,
                List.of("IPv6", "IPv4"),
                "Local",
                "PreferClose",
                Map.of("a", "1"),
                Map.of("b", "2"));
    }

    @Test
    @DisplayName("that are alike do not conflict (MCS-8)")
    void alike() {
        ImportedService merged = ImportMerge.merge(Map.of("west", export(2, HTTP), "east", export(1, HTTP)));
        assertThat(merged.conflictReason()).isEqualTo("NoConflicts");
        assertThat(merged.clusters()).containsExactly("east", "west");
        assertThat(merged.ports()).containsExactly(HTTP);
    }

    @Test
    @DisplayName("are decided by the oldest in every property, each difference with its reason (MCS-5, MCS-8, MCS-11)")
    void oldestWins() {
        ImportedService merged = ImportMerge.merge(Map.of("a", headless(9), "z", export(1, HTTP)));
        assertThat(merged.winner()).isEqualTo(export(1, HTTP));
        assertThat(merged.conflicts())
                .extracting(Conflict::reason)
                .containsExactlyInAnyOrder(
                        Reason.TypeConflict,
                        Reason.SessionAffinityConflict,
                        Reason.AnnotationsConflict,
                        Reason.LabelsConflict,
                        Reason.InternalTrafficPolicyConflict,
                        Reason.TrafficDistributionConflict,
                        Reason.IPFamilyConflict);
        assertThat(merged.conflictReason()).startsWith("TypeConflict,SessionAffinityConflict,");
        assertThat(merged.conflictMessage())
                .contains(
                        "Cluster a has type \"Headless\", cluster z (the oldest export) has \"ClusterSetIP\" and wins.");
    }

    @ParameterizedTest(name = "{0} s against {1} s: {2}")
    @CsvSource({"0, 10, false", "10, 0, false", "10, 10, false", "10, 20, true"})
    @DisplayName("conflict in the timeout of their affinity only where both have one (MCS-8)")
    void affinityTimeouts(int oldest, int younger, boolean conflict) {
        ImportedService merged = ImportMerge.merge(Map.of("east", affine(1, oldest), "west", affine(2, younger)));
        assertThat(merged.conflicts())
                .extracting(Conflict::reason)
                .filteredOn(Reason.SessionAffinityConfigConflict::equals)
                .hasSize(conflict ? 1 : 0);
        assertThat(merged.conflictReason().contains("SessionAffinityConflict"))
                .isEqualTo((oldest == 0) != (younger == 0));
        assertThat(merged.conflictMessage()).doesNotContain("\"0\"");
    }

    private static ExportRecord.Service affine(long at, int timeout) {
        String affinity = timeout == 0 ? "None" : "ClientIP";
        return new ExportRecord.Service(
                at, false, List.of(HTTP), affinity, timeout, List.of("IPv4"), "Cluster", "", Map.of(), Map.of());
    }

    @Test
    @DisplayName("that are equally old are decided by the cluster whose name sorts first (MCS-6)")
    void tie() {
        assertThat(ImportMerge.merge(Map.of("b", headless(5), "a", export(5, HTTP)))
                        .winner()
                        .headless())
                .isFalse();
    }

    @Test
    @DisplayName("have the union of their ports, each served where it is exposed (MCS-10)")
    void union() {
        Port grpc = new Port("grpc", "TCP", 90, "");
        ImportedService merged = ImportMerge.merge(Map.of("east", export(1, HTTP), "west", export(2, HTTP, grpc)));
        assertThat(merged.ports()).containsExactly(HTTP, grpc);
        assertThat(merged.served()).isEqualTo(Map.of("east", Set.of("http"), "west", Set.of("http", "grpc")));
        assertThat(merged.conflictReason()).isEqualTo("PortConflict");
    }

    @Test
    @DisplayName("with one port name and two numbers are served by the winner only (MCS-10)")
    void sameNameOtherNumber() {
        ImportedService merged = ImportMerge.merge(
                Map.of("east", export(2, new Port("http", "TCP", 8080, "")), "west", export(1, HTTP)));
        assertThat(merged.ports()).containsExactly(HTTP);
        assertThat(merged.served()).isEqualTo(Map.of("east", Set.of(), "west", Set.of("http")));
        assertThat(merged.conflictMessage()).contains("http=8080/TCP").contains("http=80/TCP");
    }

    @Test
    @DisplayName("never leave two ports with equal protocol and number, nor an unnamed one twice (MCS-10)")
    void sameNumberOtherName() {
        Port web = new Port("web", "TCP", 80, "");
        Port dns = new Port("", "UDP", 80, "");
        ImportedService merged = ImportMerge.merge(Map.of("east", export(1, HTTP), "west", export(2, web, dns)));
        assertThat(merged.ports()).containsExactly(HTTP, dns);
        assertThat(merged.served().get("west")).containsExactly("");
    }

    @Test
    @DisplayName(
            "are not decided by a cluster whose clock is off, however old it says that its export is (MCS-5, MCS-6)")
    void backDating() {
        Map<String, ExportRecord.Service> exports =
                Map.of("a", headless(1), "b", export(5, HTTP), "c", export(4, HTTP));
        assertThat(ImportMerge.merge(exports).winner().headless()).isTrue();
        ImportedService merged = ImportMerge.merge(exports, Set.of("a"));
        assertThat(merged.winner()).isEqualTo(export(4, HTTP));
        assertThat(merged.clusters()).containsExactly("a", "b", "c");
        assertThat(merged.conflictMessage()).contains("Cluster a has type").contains("cluster c (the oldest export)");
        assertThat(ImportMerge.merge(exports, Set.of("a", "b", "c")).winner().headless())
                .as("where all are off, the oldest wins again")
                .isTrue();
    }
}
