package dev.weft.api;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorSystem;
import com.typesafe.config.ConfigFactory;
import dev.weft.registry.Registry;
import dev.weft.registry.resource.Cidr;
import dev.weft.registry.resource.NetworkRanges;
import dev.weft.registry.resource.PortRange;
import dev.weft.registry.resource.StandardKinds;
import java.time.InstantSource;
import java.util.List;

/** An {@link InMemoryRegistry} in a system of its own. */
final class InMemoryBacking implements TestBacking {
    private final ActorTestKit kit;
    private final InMemoryRegistry registry;

    /** @param overrides of the configuration */
    InMemoryBacking(String overrides) {
        kit = ActorTestKit.create("api", ConfigFactory.parseString(overrides).withFallback(ConfigFactory.load()));
        NetworkRanges ranges = new NetworkRanges(
                List.of(Cidr.of("127.96.0.0/16")), List.of(Cidr.of("127.112.0.0/16")), PortRange.KUBERNETES_NODE_PORTS);
        registry = new InMemoryRegistry(StandardKinds.catalog(ranges), InstantSource.system(), 7);
    }

    @Override
    public ActorSystem<?> system() {
        return kit.system();
    }

    @Override
    public Registry registry() {
        return registry;
    }

    @Override
    public void close() {
        kit.shutdownTestKit();
    }
}
