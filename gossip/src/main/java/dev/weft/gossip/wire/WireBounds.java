package dev.weft.gossip.wire;

/**
 * What is too much in a frame.
 *
 * @param frameBytes a whole frame
 * @param keyLength a record's key, UTF-16 units
 * @param payloadBytes a record's payload
 * @param nameLength a cluster's name or a host, UTF-16 units
 * @param shards shards of a cluster
 * @param entries records, digests, wants, deltas or nodes in a frame
 */
public record WireBounds(int frameBytes, int keyLength, int payloadBytes, int nameLength, int shards, int entries) {
    public WireBounds {
        if (payloadBytes + 4L * keyLength + 1024 > frameBytes) {
            throw new IllegalArgumentException("frame-bytes: " + frameBytes
                    + " (expected: room for one record, payload-bytes + 4 * key-length + 1024)");
        }
    }
}
