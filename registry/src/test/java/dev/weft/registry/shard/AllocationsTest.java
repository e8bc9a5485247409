package dev.weft.registry.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.gossip.clock.HybridClock;
import dev.weft.gossip.clock.HybridTimestamp;
import dev.weft.registry.allocation.Claim;
import dev.weft.registry.allocation.Grant;
import dev.weft.registry.resource.NetworkRanges;
import dev.weft.registry.resource.PortRange;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.Samples;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Allocations")
class AllocationsTest {
    @Test
    @DisplayName("give nothing unasked that the same owner wishes for by number")
    void wishesFirst() {
        ResourceKey owner = new ResourceKey(DecidedShard.SERVICES, "default", "web");
        List<Claim> claims = List.of(
                new Claim("node-port-udp", "", owner, "spec.ports[0].nodePort"),
                new Claim("node-port-tcp", "30001", owner, "spec.healthCheckNodePort"));
        NetworkRanges ranges = new NetworkRanges(
                Samples.RANGES.serviceCidrs(), Samples.RANGES.clusterSetCidrs(), new PortRange(30_000, 30_001));
        for (int seed = 0; seed < 20; seed++) {
            Allocations allocations = new Allocations(ranges, new Random(seed));
            ShardStep step =
                    new ShardStep(ShardState.EMPTY, new HybridClock(() -> Instant.EPOCH, 0, new HybridTimestamp(0)));
            var granted = (ShardCommand.Allocated.Granted) allocations.rehearse(step, claims);
            assertThat(granted.grants())
                    .as("seed %d", seed)
                    .extracting(Grant::value)
                    .containsExactlyInAnyOrder("30000", "30001");
        }
    }

    @Test
    @DisplayName("leave a Service the node port that it has when the range becomes another, and nobody else gets it")
    void otherRange() {
        ResourceKey owner = new ResourceKey(DecidedShard.SERVICES, "default", "web");
        ResourceKey other = new ResourceKey(DecidedShard.SERVICES, "default", "other");
        Resource granted = Allocations.restored(new Grant(new Claim("node-port-tcp", "", owner, ""), "30080"), 1);
        ShardState state =
                ShardState.EMPTY.after(new ShardEvent(List.of(new ShardEvent.Entry(granted.key(), granted, 1)), 0));
        Allocations allocations =
                new Allocations(Samples.RANGES.withNodePorts(new PortRange(40_000, 40_000)), new Random(1));
        allocations.start(state);
        ShardStep step = new ShardStep(state, new HybridClock(() -> Instant.EPOCH, 0, new HybridTimestamp(1)));

        var denied = (ShardCommand.Allocated.Denied) allocations.rehearse(
                step, List.of(new Claim("node-port-tcp", "30080", other, "spec.ports[0].nodePort")));
        assertThat(denied.refusal().message())
                .contains("spec.ports[0].nodePort: Invalid value: 30080: provided port is not in the valid range. The"
                        + " range of valid ports is 40000-40000");
        var given = (ShardCommand.Allocated.Granted)
                allocations.rehearse(step, List.of(new Claim("node-port-tcp", "", other, "spec.ports[0].nodePort")));
        assertThat(given.grants()).extracting(Grant::value).containsExactly("40000");
    }

    @Test
    @DisplayName("stay with a Service that came back however far behind the clock is of the shard that has the pools")
    void clockBehind() {
        DecidedShard shard = new DecidedShard(1);
        var missing = (ShardCommand.Submitted.Unallocated) shard.submit(
                DecidedShard.creation(
                        DecidedShard.SERVICES,
                        "Service",
                        "default",
                        "web",
                        ",'spec':{'clusterIP':'127.96.0.10','ports':[{'port':80}]}"),
                List.of());
        // Where the Service is stored it is an hour later; there it was deleted, and is to be created anew.
        long removed = missing.version()
                + HybridTimestamp.ofMillis(Duration.ofHours(1).toMillis()).packed();
        var granted = (ShardCommand.Allocated.Granted)
                shard.allocate(new ShardCommand.Submitted.Unallocated(missing.wanted(), removed));
        shard.release(granted.grants(), removed);
        assertThat(shard.all())
                .extracting(Resource::key)
                .extracting(ResourceKey::type)
                .contains(Allocations.GRANTS);
    }
}
