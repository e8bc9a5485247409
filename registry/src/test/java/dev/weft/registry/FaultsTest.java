package dev.weft.registry;

import static dev.weft.registry.RunningRegistry.CONFIG_MAPS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.Write;
import dev.weft.registry.resource.Write.Outcome;
import dev.weft.registry.watch.Collection;
import dev.weft.registry.watch.WatchEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A registry in trouble")
class FaultsTest {
    private static final Collection ALL = Collection.everywhere(CONFIG_MAPS);

    @TempDir
    private Path directory;

    private static Outcome create(RunningRegistry registry, String name) {
        return registry.write(
                RunningRegistry.create(CONFIG_MAPS, "ConfigMap", "default", name, "", Write.Options.DEFAULT));
    }

    @Test
    @DisplayName("whose disk is full refuses writes as such, goes on reading and watching, and comes back by itself")
    void fullDisk() {
        AtomicLong free = new AtomicLong(Long.MAX_VALUE);
        try (RunningRegistry registry = RunningRegistry.with(
                        directory,
                        "shard { restart-after = 200 ms, clock-reserve = 100 ms }",
                        Instant::now,
                        free::get);
                Watched watch = Watched.since(
                        registry, ALL, RegistryNodeTest.list(registry, ALL).version())) {
            Resource before = ((Outcome.Done) create(registry, "before")).object();
            assertThat(Watched.shown(watch.next())).isEqualTo("ADDED before");
            free.set(1);
            for (int i = 0; i < 3; i++) {
                Refusal refusal = ((Outcome.Refused) create(registry, "refused")).refusal();
                assertThat(refusal.reason()).isEqualTo(Refusal.Reason.InsufficientStorage);
                assertThat(refusal.reason().httpStatus()).isEqualTo(507);
                assertThat(refusal.message()).contains("full").contains("make room");
                // kubectl would go on asking for most of a minute before it says so.
                assertThat(refusal.retryAfterSeconds()).isZero();
                assertThat(RegistryNodeTest.list(registry, ALL).items()).containsExactly(before);
            }
            // Long after the versions that were reserved before are used up.
            Awaitility.await()
                    .during(Duration.ofSeconds(2))
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> RegistryNodeTest.list(registry, ALL).items().equals(List.of(before)));
            free.set(Long.MAX_VALUE);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> create(registry, "after") instanceof Outcome.Done);
            // Nobody who watched has noticed.
            assertThat(Watched.shown(watch.next())).isEqualTo("ADDED after");
        }
    }

    @Test
    @DisplayName("whose disk is full refuses writes without loading any shard again, and answers dry runs")
    void fullDiskLoadsNothing() {
        AtomicLong free = new AtomicLong(Long.MAX_VALUE);
        try (RunningRegistry registry = RunningRegistry.with(directory, "", Instant::now, free::get)) {
            Resource before = ((Outcome.Done) create(registry, "before")).object();
            long reads = registry.storeReads();
            free.set(1);
            for (int i = 0; i < 20; i++) {
                assertThat(((Outcome.Refused) create(registry, "refused-" + i))
                                .refusal()
                                .reason())
                        .isEqualTo(Refusal.Reason.InsufficientStorage);
                assertThat(RegistryNodeTest.list(registry, ALL).items()).containsExactly(before);
            }
            assertThat(registry.storeReads()).isEqualTo(reads);
            Write.Options dry = new Write.Options(true, "", Write.FieldValidation.IGNORE);
            assertThat(registry.write(RunningRegistry.create(CONFIG_MAPS, "ConfigMap", "default", "dry", "", dry)))
                    .isInstanceOf(Outcome.Done.class);
            free.set(Long.MAX_VALUE);
            assertThat(create(registry, "after")).isInstanceOf(Outcome.Done.class);
            assertThat(registry.storeReads()).isEqualTo(reads);
        }
    }

    @Test
    @DisplayName("whose disk fills up after a write was taken in refuses that, loads its shard again and goes on")
    void diskFillsUpMeanwhile() {
        AtomicLong free = new AtomicLong(Long.MAX_VALUE);
        // Only who writes sees how little there is, and so finds it out last.
        try (RunningRegistry registry = RunningRegistry.with(
                directory,
                "shard.restart-after = 200 ms",
                Instant::now,
                () -> Thread.currentThread().getName().equals("weft-journal-writer") ? free.get() : Long.MAX_VALUE)) {
            Resource before = ((Outcome.Done) create(registry, "before")).object();
            long reads = registry.storeReads();
            free.set(1);
            assertThat(((Outcome.Refused) create(registry, "refused")).refusal().reason())
                    .isEqualTo(Refusal.Reason.InsufficientStorage);
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> registry.storeReads() > reads);
            assertThat(RegistryNodeTest.list(registry, ALL).items()).containsExactly(before);
            free.set(Long.MAX_VALUE);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> create(registry, "after") instanceof Outcome.Done);
        }
    }

    @Test
    @DisplayName("whose clock jumps an hour forth and back issues rising versions, and expires nothing early")
    void clockSteps() {
        AtomicReference<Duration> off = new AtomicReference<>(Duration.ZERO);
        try (RunningRegistry registry = RunningRegistry.with(
                directory, "watch.bookmarks = 100 ms", () -> Instant.now().plus(off.get()), () -> Long.MAX_VALUE)) {
            List<Long> versions = new ArrayList<>();
            versions.add(RegistryNodeTest.list(registry, ALL).version());
            for (int i = 0; i < 12; i++) {
                off.set(Duration.ofHours(List.of(0, 1, -1, 0).get(i % 4)));
                versions.add(((Outcome.Done) create(registry, "c" + i)).object().version());
                versions.add(RegistryNodeTest.list(registry, ALL).version());
            }
            assertThat(versions).isSorted();
            try (Watched watch = Watched.since(registry, ALL, versions.get(0))) {
                List<WatchEvent> events = watch.next(12);
                assertThat(events).allMatch(event -> event instanceof WatchEvent.Added);
            }
            off.set(Duration.ofHours(-1));
        }
        try (RunningRegistry registry = RunningRegistry.with(
                directory, "", () -> Instant.now().minus(Duration.ofHours(1)), () -> Long.MAX_VALUE)) {
            long last = RegistryNodeTest.list(registry, ALL).items().stream()
                    .mapToLong(Resource::version)
                    .max()
                    .orElseThrow();
            assertThat(((Outcome.Done) create(registry, "restarted")).object().version())
                    .isGreaterThan(last);
            assertThat(RegistryNodeTest.list(registry, ALL).items()).hasSize(13);
        }
    }
}
