package dev.weft.deploy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.stream.ChunkedInput;
import org.jspecify.annotations.Nullable;

/** So many times the letter w, made as the reader takes them. */
final class RepeatedBytes implements ChunkedInput<ByteBuf> {
    private static final int CHUNK_BYTES = 32 * 1024;

    private final long total;
    private long sent;

    RepeatedBytes(long total) {
        this.total = total;
    }

    @Override
    public boolean isEndOfInput() {
        return sent == total;
    }

    @Override
    public void close() {}

    @Override
    @SuppressWarnings({"InlineMeSuggester", "deprecation"}) // the interface still asks for it
    public @Nullable ByteBuf readChunk(ChannelHandlerContext context) {
        return readChunk(context.alloc());
    }

    @Override
    public @Nullable ByteBuf readChunk(ByteBufAllocator allocator) {
        if (isEndOfInput()) {
            return null;
        }
        int size = (int) Math.min(CHUNK_BYTES, total - sent);
        ByteBuf chunk = allocator.buffer(size);
        for (int i = 0; i < size; i++) {
            chunk.writeByte('w');
        }
        sent += size;
        return chunk;
    }

    @Override
    public long length() {
        return total;
    }

    @Override
    public long progress() {
        return sent;
    }
}
