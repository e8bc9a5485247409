package dev.weft.proxy.dataplane;

import io.netty.channel.epoll.Native;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;

/** Bytes on their way through the kernel, from one socket to another without being copied. Confined to a loop. */
final class Pipe {
    /** More than a pipe takes at once, so that it is the pipe that bounds. */
    private static final int AT_MOST = 1 << 20;

    private static final long NO_OFFSET = -1;

    private final FileDescriptor out;
    private final FileDescriptor in;
    private int bytes;

    private Pipe(FileDescriptor out, FileDescriptor in) {
        this.out = out;
        this.in = in;
    }

    static Pipe open() throws IOException {
        FileDescriptor[] ends = FileDescriptor.pipe();
        return new Pipe(ends[0], ends[1]);
    }

    boolean isEmpty() {
        return bytes == 0;
    }

    /** Takes what there is; tells how many bytes came, 0 when there are none now, or never again. */
    int fill(FileDescriptor from) throws IOException {
        int came = Native.splice(from.intValue(), NO_OFFSET, in.intValue(), NO_OFFSET, AT_MOST);
        bytes += came;
        return came;
    }

    /** Gives what it has; tells whether it is empty now. When it is not, the other takes no more just now. */
    boolean drain(FileDescriptor to) throws IOException {
        while (bytes > 0) {
            int went = Native.splice(out.intValue(), NO_OFFSET, to.intValue(), NO_OFFSET, bytes);
            if (went <= 0) {
                return false;
            }
            bytes -= went;
        }
        return true;
    }

    void close() {
        for (FileDescriptor end : new FileDescriptor[] {out, in}) {
            try {
                end.close();
            } catch (IOException e) {
                // the descriptor is free all the same
            }
        }
    }
}
