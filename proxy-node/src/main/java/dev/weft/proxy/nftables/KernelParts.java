package dev.weft.proxy.nftables;

import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.proxy.view.ServiceKey;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * What the {@link NftablesActor} works with.
 *
 * @param changed told services whose listeners should be looked at again
 * @param listening whether listeners, where they are to, serve a service
 */
record KernelParts(
        KernelPath path,
        NodeIdentity node,
        Commands commands,
        Consumer<Set<ServiceKey>> changed,
        Predicate<ServiceKey> listening,
        InstantSource clock,
        RandomGenerator random) {}
