package dev.weft.registry.federation;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.gossip.FederationEvent;
import dev.weft.gossip.Origin;
import dev.weft.gossip.RecordChange;
import dev.weft.registry.allocation.Grant;
import dev.weft.registry.endpoints.EndpointTypes;
import dev.weft.registry.endpoints.FakeShard;
import dev.weft.registry.resource.DerivedWrite;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.wire.ExportRecord;
import dev.weft.registry.wire.FederationCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Imports")
class ImportBookTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final ExportName WEB = new ExportName("ns", "web");
    private final Map<String, String> stored = new TreeMap<>();
    private int addresses;

    private static ImportBook book() {
        ImportBook book = new ImportBook(namespace -> true, Set.of("IPv4"));
        Resource namespace = new FakeShard(null).put(FederationTypes.NAMESPACES, "ns", "{}");
        book.apply(namespace.key(), null, namespace);
        return book;
    }

    static RecordChange service(long at, ExportRecord.Port... ports) {
        return new RecordChange("ns/web", FederationCodec.encode(ImportMergeTest.export(at, ports)));
    }

    static RecordChange endpoints(String part, int from, int to, boolean ready) {
        List<ExportRecord.Endpoint> endpoints = IntStream.range(from, to)
                .mapToObj(i -> new ExportRecord.Endpoint(
                        List.of("10.0." + i / 250 + "." + i % 250),
                        ready,
                        ready,
                        false,
                        "",
                        "n1",
                        "z1",
                        "Pod",
                        "p" + i,
                        "u" + i,
                        List.of(),
                        List.of()))
                .toList();
        ByteString payload =
                FederationCodec.encode(new ExportRecord.Endpoints("IPv4", List.of(ImportMergeTest.HTTP), endpoints));
        return new RecordChange("ns/web/" + part, payload);
    }

    private static FederationEvent changed(String cluster, RecordChange... changes) {
        return new FederationEvent.OriginChanged(new Origin(cluster, 3, 1), List.of(changes));
    }

    /** Steps until nothing waits, granting every address, and keeps what is stored. */
    private int run(ImportBook book) {
        int writes = 0;
        while (!book.waiting().isEmpty()) {
            ExportName name = book.waiting().iterator().next();
            ImportBook.Step step = book.step(name, NOW);
            if (!step.claims().isEmpty()) {
                List<Grant> grants = step.claims().stream()
                        .map(claim -> new Grant(claim, "127.112.0." + ++addresses))
                        .toList();
                book.grant(name, grants);
            }
            for (DerivedWrite write : step.writes()) {
                writes++;
                if (write instanceof DerivedWrite.Put put) {
                    stored.put(put.key().toString(), put.object().toString());
                } else {
                    stored.remove(write.key().toString());
                }
            }
        }
        return writes;
    }

    @Test
    @DisplayName(
            "carry type, ports, address, clusters and a Ready condition; slices carry their source (MCS-4, 12, 14, 15)")
    void whole() {
        ImportBook book = book();
        book.exported().apply(changed("east", service(1, ImportMergeTest.HTTP), endpoints("g.r", 0, 2, true)));
        assertThat(run(book)).isEqualTo(2);
        assertThat(stored.values())
                .anySatisfy(json -> assertThat(json)
                        .contains("\"type\":\"ClusterSetIP\"", "\"ips\":[\"127.112.0.1\"]", "{\"cluster\":\"east\"}")
                        .contains("\"type\":\"Ready\",\"status\":\"True\""))
                .anySatisfy(json -> assertThat(json)
                        .contains("\"multicluster.kubernetes.io/service-name\":\"web\"")
                        .contains("\"multicluster.kubernetes.io/source-cluster\":\"east\"")
                        .contains("\"addresses\":[\"10.0.0.1\"]"));
    }

    @Test
    @DisplayName("rewrite one slice for one endpoint's change and keep the address (MCS-13)")
    void churn() {
        ImportBook book = book();
        List<RecordChange> all = new ArrayList<>(List.of(service(1, ImportMergeTest.HTTP)));
        for (int i = 0; i < 250; i++) {
            all.add(endpoints("g.r" + i, i, i + 1, true));
        }
        book.exported().apply(changed("east", all.toArray(RecordChange[]::new)));
        run(book);
        assertThat(stored.values())
                .allSatisfy(json -> assertThat(json.split("\"addresses\"", -1).length)
                        .isLessThanOrEqualTo(ImportedSlices.CAPACITY + 1));
        book.exported().apply(changed("east", endpoints("g.r77", 77, 78, false)));
        assertThat(run(book)).isEqualTo(1);
        book.exported().apply(changed("east", endpoints("g.r77", 77, 78, false)));
        assertThat(run(book)).isZero();
        assertThat(addresses).isEqualTo(1);
    }

    @Test
    @DisplayName("of a cluster that came while its ServiceImport was looked at anew carry its endpoints")
    void lookedAtAnew() {
        ImportBook book = book();
        book.exported().apply(changed("east", service(1, ImportMergeTest.HTTP), endpoints("g.r", 0, 2, true)));
        run(book);
        book.touch(WEB);
        book.exported().apply(changed("west", service(1, ImportMergeTest.HTTP)));
        run(book);
        book.exported().apply(changed("west", endpoints("g.r", 7, 8, true)));
        run(book);
        assertThat(stored.values())
                .anySatisfy(json -> assertThat(json)
                        .contains("\"multicluster.kubernetes.io/source-cluster\":\"west\"")
                        .contains("\"addresses\":[\"10.0.0.7\"]"));
    }

    @Test
    @DisplayName("of a port that another cluster won do not carry that port (MCS-10)")
    void conflictingPort() {
        ImportBook book = book();
        book.exported().apply(changed("east", service(1, new ExportRecord.Port("http", "TCP", 81, ""))));
        book.exported().apply(changed("west", service(2, ImportMergeTest.HTTP), endpoints("g.r", 0, 2, true)));
        run(book);
        assertThat(stored).hasSize(1);
        book.exported().apply(changed("east", new RecordChange("ns/web", null)));
        run(book);
        assertThat(stored).hasSize(2);
    }

    @Test
    @DisplayName("go when the last export goes, when its origin is given up, and when the namespace goes (MCS-3)")
    void withdrawn() {
        ImportBook book = book();
        book.exported().apply(changed("east", service(1, ImportMergeTest.HTTP), endpoints("g.r", 0, 2, true)));
        run(book);
        book.exported().apply(changed("east", new RecordChange("ns/web", null), new RecordChange("ns/web/g.r", null)));
        run(book);
        assertThat(stored).isEmpty();
        book.exported().apply(changed("east", service(1, ImportMergeTest.HTTP), endpoints("g.r", 0, 2, true)));
        run(book);
        assertThat(stored).hasSize(2);
        book.exported().apply(new FederationEvent.OriginGone(new Origin("east", 3, 0)));
        run(book);
        assertThat(stored).as("an earlier life of the cluster is not this one").hasSize(2);
        book.exported().apply(new FederationEvent.OriginGone(new Origin("east", 3, 1)));
        run(book);
        assertThat(stored).isEmpty();
    }

    @Test
    @DisplayName("say why they are not ready where there is no address (MCS-14)")
    void denied() {
        ImportBook book = book();
        book.exported().apply(changed("east", service(1, ImportMergeTest.HTTP)));
        assertThat(book.step(WEB, NOW).claims()).hasSize(1);
        book.deny(WEB, "the pool is empty");
        run(book);
        assertThat(stored.values()).singleElement().asString().contains("\"reason\":\"Pending\"", "the pool is empty");
        book.retry(WEB);
        run(book);
        assertThat(stored.values())
                .singleElement()
                .asString()
                .contains("127.112.0.1")
                .doesNotContain("Pending");
    }

    @Test
    @DisplayName("of a cluster that makes no progress stay, marked as stale, and go when it is given up (MCS-17)")
    void failStatic() {
        ImportBook book = book();
        book.exported().apply(changed("east", service(1, ImportMergeTest.HTTP), endpoints("g.r", 0, 2, true)));
        book.exported().apply(changed("west", service(2, ImportMergeTest.HTTP), endpoints("g.r", 2, 4, true)));
        run(book);
        Map<String, String> fresh = new TreeMap<>(stored);
        assertThat(fresh.values()).noneMatch(json -> json.contains("\"stale\""));
        book.standing(new Standing(Set.of("east"), Set.of(), Set.of()));
        assertThat(run(book)).as("the import and one cluster's slice").isEqualTo(2);
        assertThat(stored.values())
                .anySatisfy(json -> assertThat(json).contains("10.0.0.0", "\"mesh.weft.dev/freshness\":\"stale\""))
                .anySatisfy(json -> assertThat(json).contains("10.0.0.2").doesNotContain("freshness"))
                .anySatisfy(json -> assertThat(json)
                        .contains(
                                "\"type\":\"mesh.weft.dev/Fresh\",\"status\":\"False\",\"reason\":\"Stale\"",
                                "heard of east"));
        book.standing(new Standing(Set.of(), Set.of("east"), Set.of()));
        run(book);
        assertThat(stored.values())
                .noneMatch(json -> json.contains("10.0.0.0"))
                .anySatisfy(json -> assertThat(json)
                        .contains("\"clusters\":[{\"cluster\":\"west\"}]")
                        .contains(
                                "\"type\":\"mesh.weft.dev/Fresh\",\"status\":\"False\",\"reason\":\"Withdrawn\"",
                                "heard of east for so long"));
        book.standing(Standing.GOOD);
        run(book);
        assertThat(stored).isEqualTo(fresh);
    }

    @Test
    @DisplayName("keep their address whatever somebody writes in its place, or if they are deleted (MCS-13)")
    void movedAddress() {
        ImportBook book = book();
        FakeShard shard = new FakeShard(null);
        book.exported().apply(changed("east", service(1, ImportMergeTest.HTTP)));
        run(book);
        String ours = stored.values().iterator().next();
        Resource before = shard.put(FederationTypes.IMPORTS, "web", ours);
        book.apply(before.key(), null, before);
        assertThat(book.waiting()).isEmpty();
        String moved = ours.replace("\"ips\":[\"127.112.0.1\"]", "\"ips\":[\"127.112.0.77\"]");
        assertThat(moved).isNotEqualTo(ours);
        for (String edited : new String[] {moved, ours.replace("\"ips\":[\"127.112.0.1\"],", ""), null}) {
            Resource after = edited == null ? null : shard.put(FederationTypes.IMPORTS, "web", edited);
            book.apply(before.key(), before, after);
            ImportBook.Step claiming = book.step(WEB, NOW);
            assertThat(claiming.claims())
                    .as("%s: the address was free for a moment, so it is claimed again", edited)
                    .singleElement()
                    .satisfies(claim -> assertThat(claim.wish()).isEqualTo("127.112.0.1"));
            assertThat(claiming.writes()).isEmpty();
            book.grant(WEB, List.of(new Grant(claiming.claims().get(0), "127.112.0.1")));
            assertThat(book.step(WEB, NOW).writes())
                    .singleElement()
                    .satisfies(write -> assertThat(
                                    ((DerivedWrite.Put) write).object().toString())
                            .isEqualTo(ours));
        }
    }

    @Test
    @DisplayName("take what somebody wrote in place of their address where another has that meanwhile")
    void lostAddress() {
        ImportBook book = book();
        FakeShard shard = new FakeShard(null);
        book.exported().apply(changed("east", service(1, ImportMergeTest.HTTP)));
        run(book);
        String ours = stored.values().iterator().next();
        Resource before = shard.put(FederationTypes.IMPORTS, "web", ours);
        Resource after = shard.put(FederationTypes.IMPORTS, "web", ours.replace("127.112.0.1", "127.112.0.77"));
        book.apply(before.key(), before, after);
        assertThat(book.step(WEB, NOW).claims()).hasSize(1);
        book.deny(WEB, "another has it");
        assertThat(book.step(WEB, NOW).writes()).isEmpty();
        book.retry(WEB);
        assertThat(book.step(WEB, NOW)).isEqualTo(new ImportBook.Step(List.of(), List.of()));
    }

    @ParameterizedTest(name = "of which {0} was taken away or changed are written again (MCS-15)")
    @ValueSource(strings = {FederationTypes.SERVICE_NAME, FederationTypes.SOURCE_CLUSTER, EndpointTypes.MANAGED_BY})
    void relabelled(String label) {
        for (String value : new String[] {null, "other"}) {
            ImportBook book = book();
            FakeShard shard = new FakeShard(null);
            book.exported().apply(changed("east", service(1, ImportMergeTest.HTTP), endpoints("g.r", 0, 2, true)));
            Resource slice = carryOut(book, shard);
            ObjectNode json = slice.json().toTree();
            if (value == null) {
                json.withObjectProperty("metadata").withObjectProperty("labels").remove(label);
            } else {
                json.withObjectProperty("metadata").withObjectProperty("labels").put(label, value);
            }
            Resource without = shard.put(EndpointTypes.SLICES, slice.key().name(), json.toString());
            book.apply(slice.key(), slice, without);
            Resource again = carryOut(book, shard);
            assertThat(again.labels()).as("%s: %s", label, value).isEqualTo(slice.labels());
            assertThat(book.waiting()).isEmpty();
        }
    }

    /** Steps until nothing waits, telling the book of its own writes as a shard does; answers the only slice. */
    private Resource carryOut(ImportBook book, FakeShard shard) {
        while (!book.waiting().isEmpty()) {
            ImportBook.Step step = book.step(book.waiting().iterator().next(), NOW);
            if (!step.claims().isEmpty()) {
                book.grant(WEB, List.of(new Grant(step.claims().get(0), "127.112.0.1")));
            }
            for (DerivedWrite write : step.writes()) {
                Resource before = shard.get(write.key());
                Resource after = null;
                if (write instanceof DerivedWrite.Put put) {
                    after = shard.put(
                            put.key().type(), put.key().name(), put.object().toString());
                } else {
                    shard.remove(write.key().type(), write.key().name());
                }
                book.apply(write.key(), before, after);
            }
        }
        return shard.list(EndpointTypes.SLICES, "ns").iterator().next();
    }

    static IntStream seeds() {
        return IntStream.range(0, 20);
    }

    @ParameterizedTest(name = "seed {0}: are the same bytes in whatever order the records came")
    @MethodSource("seeds")
    void anyOrder(int seed) {
        Random random = new Random(seed);
        List<FederationEvent> events = new ArrayList<>();
        for (String cluster : List.of("a", "b", "c")) {
            ExportRecord.Port port = new ExportRecord.Port("http", "TCP", 80 + random.nextInt(2), "");
            events.add(changed(cluster, service(random.nextInt(2), port)));
            for (int i = 0; i < 60; i++) {
                events.add(changed(cluster, endpoints("g.r" + i, i * 4, i * 4 + 4, random.nextBoolean())));
            }
        }
        ImportBook inOrder = book();
        events.forEach(inOrder.exported()::apply);
        run(inOrder);
        Map<String, String> expected = new TreeMap<>(stored);
        stored.clear();
        addresses = 0;
        Collections.shuffle(events, random);
        ImportBook shuffled = book();
        for (FederationEvent event : events) {
            shuffled.exported().apply(event);
            if (random.nextInt(4) == 0) {
                run(shuffled);
            }
        }
        run(shuffled);
        assertThat(stored).as("seed %d", seed).isEqualTo(expected);
    }
}
