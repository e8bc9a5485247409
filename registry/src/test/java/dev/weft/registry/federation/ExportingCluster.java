package dev.weft.registry.federation;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.weft.gossip.GossipNode;
import dev.weft.gossip.GossipSettings;
import dev.weft.gossip.HostPort;
import dev.weft.gossip.Member;
import dev.weft.gossip.RecordStore;
import dev.weft.registry.endpoints.SliceContent;
import dev.weft.registry.resource.Resource;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/**
 * A cluster that exports sample Services over real links, with nothing around its gossip: for benchmarks of a member that
 * imports from many. Of what others export it takes nothing.
 */
public final class ExportingCluster implements AutoCloseable {
    private static final int SHARDS = ImportingMember.SHARDS;

    private final String name;
    private final ActorSystem<Void> system;
    private final GossipNode gossip;

    private ExportingCluster(String name, ActorSystem<Void> system, GossipNode gossip) {
        this.name = name;
        this.system = system;
        this.gossip = gossip;
    }

    /** The namespaces of the Services, which have to be where they are imported. */
    public static List<String> namespaces() {
        return IntStream.range(0, SampleServices.NAMESPACES)
                .mapToObj(service -> SampleServices.name(service).namespace())
                .toList();
    }

    /**
     * Starts one, and joins a member on a loopback address.
     *
     * @param number tells it from others
     */
    public static ExportingCluster start(int number, int services, int endpoints, HostPort member) throws IOException {
        String name = String.format(Locale.ROOT, "eu-west-1-prod-%03d", number);
        // As many origins as it has itself: there is room for no other's.
        Config config = ConfigFactory.parseString("weft.gossip { cluster = " + name + ", origins = " + SHARDS + " }")
                .withFallback(ConfigFactory.load());
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "exporting", config);
        GossipNode gossip = GossipNode.start(
                system,
                GossipSettings.from(config).of(name, new HostPort(member.host(), 0), List.of()),
                new Nowhere(),
                InstantSource.system(),
                new SplittableRandom(number));
        List<ExportBook> books = books(gossip.payloadBytes(), number, services, endpoints);
        for (int shard = 0; shard < SHARDS; shard++) {
            gossip.reset(shard, 0, books.get(shard).everything());
        }
        gossip.join(member);
        return new ExportingCluster(name, system, gossip);
    }

    private static List<ExportBook> books(int recordBytes, int number, int services, int endpoints) {
        SampleServices samples = new SampleServices(number, true);
        List<ExportBook> books = new ArrayList<>();
        for (int shard = 0; shard < SHARDS; shard++) {
            books.add(new ExportBook(recordBytes));
        }
        for (int service = 0; service < services; service++) {
            ExportName exported = SampleServices.name(service);
            ExportBook book = books.get(ImportingMember.shard(exported.namespace()));
            for (Resource object : List.of(SampleServices.service(exported), SampleServices.export(exported))) {
                book.apply(object.key(), null, object);
            }
            List<SliceContent> slices = samples.slices(exported, endpoints, -1);
            for (int slice = 0; slice < slices.size(); slice++) {
                Resource stored = SampleServices.stored(exported, slice, slices.get(slice));
                book.apply(stored.key(), null, stored);
            }
        }
        return books;
    }

    public String name() {
        return name;
    }

    /** What stands for all its records; a member that tells the same holds them all. */
    public String digest() {
        return gossip.members().toCompletableFuture().join().stream()
                .filter(Member::self)
                .map(Member::digest)
                .findAny()
                .orElseThrow();
    }

    /** Stops in good order; what it exported stays, until it is taken for lost. */
    @Override
    public void close() {
        gossip.stop().toCompletableFuture().join();
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }

    /** It never starts again. */
    private static final class Nowhere implements RecordStore {
        @Override
        public CompletionStage<Map<String, byte[]>> load() {
            return CompletableFuture.completedStage(Map.of());
        }

        @Override
        public CompletionStage<Void> write(Map<String, byte[]> puts, List<String> deletes) {
            return CompletableFuture.completedStage(null);
        }
    }
}
