package dev.weft.proxy.dns;

/**
 * A zone that this node answers for.
 *
 * @param index its number among the zones of its kind
 * @param schema what {@code dns-version} below it says; empty for no such name
 */
record Zone(Kind kind, ByteKey name, int labels, int index, String schema) {

    /** What its names are made from. */
    enum Kind {
        /** Services of this cluster. */
        CLUSTER,
        /** ServiceImports. */
        CLUSTER_SET,
        /** What single clusters export. */
        CLUSTERS,
        REVERSE_IPV4,
        REVERSE_IPV6
    }

    /** Its name as the wire has it. */
    byte[] wire() {
        return name.bytes();
    }

    static Zone of(Kind kind, String name, int index, String schema) {
        byte[] wire = DnsName.wire(name);
        return new Zone(kind, new ByteKey(wire), DnsName.count(wire), index, schema);
    }
}
