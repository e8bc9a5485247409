package dev.weft.proxy.dataplane;

import io.netty.channel.IoEventLoop;
import io.netty.channel.unix.Buffer;
import io.netty.util.internal.CleanableDirectBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An event loop with what its relays share: one buffer that each of them reads into, and some pipes. Confined to the loop,
 * but for {@link #take}, {@link #release} and {@link #relays}.
 */
final class RelayLoop {
    /** In use at once. Above 16 MiB in the pipes of one user the kernel makes new ones too small to be of use. */
    private static final int MOST_PIPES = 96;

    private static final int MOST_PIPES_KEPT = 16;

    private final IoEventLoop loop;
    private final CleanableDirectBuffer memory;
    private final ByteBuffer buffer;
    private final long address;
    private final Deque<Pipe> pipes = new ArrayDeque<>();
    private final AtomicInteger relays = new AtomicInteger();
    private int pipesInUse;
    private long keptBytes;

    /** @param bufferBytes how much is read at once at most */
    RelayLoop(IoEventLoop loop, int bufferBytes) {
        this.loop = loop;
        this.memory = Buffer.allocateDirectBufferWithNativeOrder(bufferBytes);
        this.buffer = memory.buffer();
        this.address = Buffer.memoryAddress(buffer);
    }

    IoEventLoop loop() {
        return loop;
    }

    /** What is in it is passed on, or copied, before anything else is read. */
    ByteBuffer buffer() {
        return buffer;
    }

    long address() {
        return address;
    }

    /** An empty pipe; null when there are enough of them, or no descriptors. */
    @Nullable
    Pipe borrowPipe() {
        if (pipesInUse == MOST_PIPES) {
            return null;
        }
        Pipe kept = pipes.poll();
        try {
            Pipe pipe = kept == null ? Pipe.open() : kept;
            pipesInUse++;
            return pipe;
        } catch (IOException e) {
            return null; // without one it is slower, no more
        }
    }

    /** Takes a pipe back; one that is not empty is of no use to anyone else. */
    void giveBack(Pipe pipe) {
        pipesInUse--;
        if (pipe.isEmpty() && pipes.size() < MOST_PIPES_KEPT) {
            pipes.push(pipe);
        } else {
            pipe.close();
        }
    }

    /** So many bytes more wait to be sent; less when negative. */
    void kept(int more) {
        keptBytes += more;
    }

    /** Bytes that wait to be sent and stand in memory of ours. */
    long keptBytes() {
        return keptBytes;
    }

    /** One relay more is to live here. */
    RelayLoop take() {
        relays.incrementAndGet();
        return this;
    }

    void release() {
        relays.decrementAndGet();
    }

    int relays() {
        return relays.get();
    }

    /** When the loop has ended. */
    void free() {
        pipes.forEach(Pipe::close);
        pipes.clear();
        memory.clean();
    }
}
