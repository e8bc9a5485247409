package dev.weft.proxy.dataplane;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What has been read of one socket and the other has not taken yet: a copy of ours, or bytes in a pipe of the kernel's, one
 * of the two at most. Confined to a loop.
 */
final class Unsent {
    private final RelayLoop at;
    private @Nullable ByteBuf copy;
    private @Nullable Pipe pipe;

    Unsent(RelayLoop at) {
        this.at = at;
    }

    boolean isEmpty() {
        return copy == null && pipe == null;
    }

    /** Keeps what stands in the loop's buffer from one place to another; only when it is empty. */
    void keep(int from, int until) {
        copy = ByteBufAllocator.DEFAULT
                .directBuffer(until - from)
                .writeBytes(at.buffer().duplicate().limit(until).position(from));
        at.kept(copy.capacity());
    }

    /**
     * Takes what a socket has without copying it; only when it is empty.
     *
     * @return how many bytes came; 0 when none did, and only reading tells why; -1 when there is no pipe to be had
     */
    int fill(NativeSocket from) throws IOException {
        Pipe by = at.borrowPipe();
        if (by == null) {
            return -1;
        }
        pipe = by;
        int came = 0;
        try {
            came = by.fill(from);
        } finally {
            if (came == 0) {
                drop();
            }
        }
        return came;
    }

    /** Gives what there is; tells whether nothing is left. When there is, the other takes no more just now. */
    boolean drain(NativeSocket to) throws IOException {
        if ((copy == null || send(copy, to)) && (pipe == null || pipe.drain(to))) {
            drop();
            return true;
        }
        return false;
    }

    private static boolean send(ByteBuf bytes, NativeSocket to) throws IOException {
        int size = bytes.readableBytes();
        ByteBuffer inside = bytes.internalNioBuffer(bytes.readerIndex(), size);
        int sent = to.send(inside, inside.position(), inside.limit());
        bytes.skipBytes(sent);
        return sent == size;
    }

    /** Nobody will take it any more. */
    void drop() {
        if (copy != null) {
            at.kept(-copy.capacity());
            copy.release();
            copy = null;
        }
        if (pipe != null) {
            at.giveBack(pipe);
            pipe = null;
        }
    }
}
