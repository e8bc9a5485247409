package dev.weft.gossip.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import dev.weft.gossip.wire.proto.Deflated;
import dev.weft.gossip.wire.proto.Frame;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Compresses frames where that is worth it, with the DEFLATE of the Java runtime, so that no native library is needed. What
 * comes is inflated to the length it names and no further; that is bounded, also as a multiple of what came.
 */
final class Deflation {
    /** Smaller frames gain a few bytes at best. */
    private static final int WORTHWHILE_BYTES = 200;
    /** A frame with one change, at most: there every byte counts, and the effort is small. */
    private static final int SMALL_BYTES = 2048;
    /** How many times longer a frame may become, beyond {@link #SPARE_BYTES}. */
    private static final int RATIO = 64;

    private static final int SPARE_BYTES = 4096;

    private final WireBounds bounds;

    Deflation(WireBounds bounds) {
        this.bounds = bounds;
    }

    /** The same frame as bytes, compressed where that makes it smaller. */
    byte[] compress(byte[] frame) {
        if (frame.length < WORTHWHILE_BYTES) {
            return frame;
        }
        int level = frame.length <= SMALL_BYTES ? Deflater.BEST_COMPRESSION : Deflater.BEST_SPEED;
        Deflater deflater = new Deflater(level, true);
        try {
            byte[] compressed = new byte[frame.length];
            deflater.setInput(frame);
            deflater.finish();
            int length = deflater.deflate(compressed);
            if (!deflater.finished()) {
                return frame;
            }
            byte[] wrapped = Frame.newBuilder()
                    .setDeflated(Deflated.newBuilder()
                            .setLength(frame.length)
                            .setBytes(UnsafeByteOperations.unsafeWrap(compressed, 0, length)))
                    .build()
                    .toByteArray();
            return wrapped.length < frame.length && frame.length <= longest(length) ? wrapped : frame;
        } finally {
            deflater.end();
        }
    }

    /**
     * The frame that was compressed.
     *
     * @throws IllegalArgumentException where it is not what it says, or beyond the bounds
     */
    Frame inflate(Deflated deflated) throws InvalidProtocolBufferException {
        int length = deflated.getLength();
        if (length < 0
                || length > bounds.frameBytes()
                || length > longest(deflated.getBytes().size())) {
            throw new IllegalArgumentException("inflated frame: " + Integer.toUnsignedString(length)
                    + " bytes of " + deflated.getBytes().size() + " (expected: at most " + bounds.frameBytes()
                    + ", and "
                    + RATIO + " times what came)");
        }
        Inflater inflater = new Inflater(true);
        try {
            byte[] frame = new byte[length];
            inflater.setInput(deflated.getBytes().toByteArray());
            int filled = inflater.inflate(frame);
            if (filled != length || (!inflater.finished() && inflater.inflate(new byte[1]) != 0)) {
                throw new IllegalArgumentException("inflated frame: not " + length + " bytes, as it says");
            }
            return Frame.parseFrom(frame);
        } catch (DataFormatException e) {
            throw new IllegalArgumentException("inflated frame: not DEFLATE (" + e.getMessage() + ")", e);
        } finally {
            inflater.end();
        }
    }

    private static long longest(int compressed) {
        return SPARE_BYTES + (long) RATIO * compressed;
    }
}
