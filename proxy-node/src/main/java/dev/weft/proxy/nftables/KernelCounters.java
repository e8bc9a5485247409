package dev.weft.proxy.nftables;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.proxy.dataplane.ListenerKey;
import dev.weft.proxy.nftables.EndpointCounts.Way;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the counters of our table. */
final class KernelCounters {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final NftablesSettings settings;
    private final Commands commands;

    KernelCounters(NftablesSettings settings, Commands commands) {
        this.settings = settings;
        this.commands = commands;
    }

    /**
     * One reading.
     *
     * @param listeners connections that each has led
     * @param picks connections by endpoint
     * @param bytesTo bytes to endpoints; empty unless they are counted
     * @param bytesFrom bytes from endpoints; empty unless they are counted
     */
    record Reading(
            Map<ListenerKey, Long> listeners, Map<Way, Long> picks, Map<Way, Long> bytesTo, Map<Way, Long> bytesFrom) {}

    /** Null when one of them cannot be read. */
    CompletionStage<@Nullable Reading> read() {
        Reading into = new Reading( // filled by whichever threads complete the commands
                new ConcurrentHashMap<>(),
                new ConcurrentHashMap<>(),
                new ConcurrentHashMap<>(),
                new ConcurrentHashMap<>());
        List<CompletableFuture<Boolean>> parts = new ArrayList<>();
        for (Family family : Family.values()) {
            parts.add(list(
                    "map", Skeleton.services(family), json -> into.listeners().putAll(ConnectionCounts.read(json))));
            parts.add(list(
                    "set", Skeleton.picks(family), json -> into.picks().putAll(EndpointCounts.read(json, "packets"))));
            if (settings.countBytes()) {
                parts.add(list(
                        "set",
                        Skeleton.bytesTo(family),
                        json -> into.bytesTo().putAll(EndpointCounts.read(json, "bytes"))));
                parts.add(list(
                        "set",
                        Skeleton.bytesFrom(family),
                        json -> into.bytesFrom().putAll(EndpointCounts.read(json, "bytes"))));
            }
        }
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
                .thenApply(done -> parts.stream().allMatch(CompletableFuture::join) ? into : null);
    }

    private CompletableFuture<Boolean> list(String kind, String name, Consumer<JsonNode> taking) {
        return commands.run(List.of("nft", "-j", "list", kind, "inet", settings.table(), name), "")
                .thenApply(listed -> {
                    try {
                        if (listed.done()) {
                            taking.accept(JSON.readTree(listed.text()));
                        }
                        return listed.done();
                    } catch (JsonProcessingException e) {
                        return false;
                    }
                })
                .toCompletableFuture();
    }
}
