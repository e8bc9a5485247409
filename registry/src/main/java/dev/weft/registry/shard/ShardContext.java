package dev.weft.registry.shard;

import dev.weft.registry.resource.Derivation;
import dev.weft.registry.resource.KindCatalog;
import dev.weft.registry.resource.NetworkRanges;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What every shard is given from outside.
 *
 * @param ranges what the pools of addresses and ports hold
 * @param clock the wall clock
 * @param random for generated names
 * @param uids new identities
 * @param derivations makes the reconcilers of one shard, each with indexes of its own
 */
public record ShardContext(
        Placement placement,
        KindCatalog kinds,
        NetworkRanges ranges,
        InstantSource clock,
        RandomGenerator random,
        Supplier<String> uids,
        Supplier<List<Derivation>> derivations) {}
