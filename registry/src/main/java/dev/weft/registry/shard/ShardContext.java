package dev.weft.registry.shard;

import dev.weft.registry.resource.Derivation;
import dev.weft.registry.resource.KindCatalog;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What every shard is given from outside.
 *
 * @param clock the wall clock
 * @param random for generated names
 * @param uids new identities
 * @param derivations makes the reconcilers of one shard, each with indexes of its own
 */
public record ShardContext(
        Placement placement,
        KindCatalog kinds,
        InstantSource clock,
        RandomGenerator random,
        Supplier<String> uids,
        Supplier<List<Derivation>> derivations) {}
