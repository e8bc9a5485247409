package dev.weft.proxy.dns;

import dev.weft.proxy.view.Slice;
import java.util.List;

/**
 * An endpoint that DNS may name: ready, and each address once.
 *
 * @param cluster where it lives; empty when that has no name
 * @param hostname its own, else its address with dashes
 * @param tier its nearness, 0 for this node
 * @param identity what its addresses of both families have in common
 */
record NamedEndpoint(
        String cluster,
        String hostname,
        ByteKey address,
        int tier,
        String identity,
        int weight,
        List<Slice.SlicePort> ports) {}
