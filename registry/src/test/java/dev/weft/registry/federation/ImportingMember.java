package dev.weft.registry.federation;

import dev.weft.gossip.FederationEvent;
import dev.weft.registry.allocation.Grant;
import dev.weft.registry.resource.DerivedWrite;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a member's registry holds of all clusters' exports: the book of each shard, the view for those who look at the
 * federation, and the stored objects themselves, as the shards hold them and the watches serve them.
 */
final class ImportingMember implements Consumer<FederationEvent> {
    static final int SHARDS = 16;
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private final List<ImportBook> books = new ArrayList<>();
    private final FederatedServiceView view = new FederatedServiceView();
    private final Map<ResourceKey, Resource> stored = new HashMap<>();
    private int addresses;
    private int writes;

    ImportingMember() {
        for (int shard = 0; shard < SHARDS; shard++) {
            int own = shard;
            ImportBook book = new ImportBook(namespace -> shard(namespace) == own, Set.of("IPv4"));
            for (int i = 0; i < SampleServices.NAMESPACES; i++) {
                String namespace = SampleServices.name(i).namespace();
                if (shard(namespace) == own) {
                    ResourceKey key = new ResourceKey(FederationTypes.NAMESPACES, "", namespace);
                    book.apply(key, null, SampleServices.resource(key, "{}"));
                }
            }
            books.add(book);
        }
    }

    static int shard(String namespace) {
        return Integer.parseInt(namespace.substring(namespace.lastIndexOf('-') + 1)) % SHARDS;
    }

    @Override
    public void accept(FederationEvent event) {
        books.forEach(book -> book.exported().apply(event));
        view.apply(event);
    }

    /** Brings the stored objects up to date. Answers how many were written. */
    int settle() {
        writes = 0;
        books.forEach(this::settle);
        return writes;
    }

    private void settle(ImportBook book) {
        while (!book.waiting().isEmpty()) {
            ExportName next = book.waiting().iterator().next();
            ImportBook.Step step = book.step(next, NOW);
            if (!step.claims().isEmpty()) {
                book.grant(
                        next,
                        step.claims().stream()
                                .map(claim -> new Grant(claim, "127.112." + ++addresses / 250 + "." + addresses % 250))
                                .toList());
            }
            for (DerivedWrite write : step.writes()) {
                writes++;
                Resource after =
                        write instanceof DerivedWrite.Put put ? SampleServices.resource(put.key(), put.object()) : null;
                Resource before = after == null ? stored.remove(write.key()) : stored.put(write.key(), after);
                book.apply(write.key(), before, after);
            }
        }
    }

    /** How many objects are stored. */
    int objects() {
        return stored.size();
    }

    /** As one looks at all federated Services. */
    int looked() {
        return view.services().size();
    }
}
