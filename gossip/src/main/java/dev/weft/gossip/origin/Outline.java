package dev.weft.gossip.origin;

import akka.util.ByteString;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * How far someone is with many origins, in {@value #BYTES} bytes: origins fall into {@value #PARTS} parts by their names,
 * and each part has a hash of four bytes. Two who differ learn in which parts, and tell each other of those only.
 *
 * <p>The hashes are mixed with a salt that differs each time, so that two parts that differ and look equal once do not look
 * equal again. The parts and the mixing are the same in every release of a wire version.
 */
public final class Outline {
    /** Into how many parts origins fall. */
    public static final int PARTS = Long.SIZE;
    /** How long an outline is. */
    public static final int BYTES = PARTS * Integer.BYTES;
    /** All parts, a bit each. */
    public static final long ALL = -1;

    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private final long[] hashes = new long[PARTS];
    /** The parts whose hash has to be made anew, a bit each. */
    private long stale = ALL;

    Outline() {}

    /** Whether an origin is in one of the parts. */
    public static boolean in(OriginId origin, long parts) {
        return (parts >>> part(origin) & 1) != 0;
    }

    private static int part(OriginId origin) {
        // The hash of a string is part of the language, that of a record is not.
        return (int) (mix(31L * origin.cluster().hashCode() + origin.shard()) >>> (Long.SIZE - 6));
    }

    void moved(OriginId origin) {
        stale |= 1L << part(origin);
    }

    /** Whether digests are needed to tell the outline. */
    boolean stale() {
        return stale != 0;
    }

    /** @param digests of all origins, sorted; not looked at where nothing is stale */
    ByteString bytes(List<OriginDigest> digests, long salt) {
        for (int part = 0; part < PARTS; part++) {
            long bit = 1L << part;
            if ((stale & bit) != 0) {
                List<OriginDigest> here = digests.stream()
                        .filter(digest -> in(digest.origin(), bit))
                        .toList();
                hashes[part] =
                        ByteBuffer.wrap(StateHash.root(here).toArrayUnsafe()).getLong();
            }
        }
        stale = 0;
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        for (long hash : hashes) {
            bytes.putInt((int) mix(hash ^ mix(salt)));
        }
        return ByteString.fromArrayUnsafe(bytes.array());
    }

    /** In which parts two outlines with one salt differ, a bit each. */
    static long differing(ByteString one, ByteString other) {
        byte[] ours = one.toArrayUnsafe();
        byte[] theirs = other.toArrayUnsafe();
        long parts = 0;
        for (int part = 0; part < PARTS; part++) {
            int at = part * Integer.BYTES;
            int end = at + Integer.BYTES;
            if (end > theirs.length || !Arrays.equals(ours, at, end, theirs, at, end)) {
                parts |= 1L << part;
            }
        }
        return parts;
    }

    private static long mix(long value) {
        long mixed = (value + GOLDEN) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
