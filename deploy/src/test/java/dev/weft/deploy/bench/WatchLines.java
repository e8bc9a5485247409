package dev.weft.deploy.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.function.Consumer;

/** The answer to a watch, cut into its lines. */
@SuppressWarnings("ReferenceEquality") // whether a buffer is this one, not one like it
final class WatchLines implements Receiver {
    private final Consumer<ByteBuf> line;
    private final Runnable begun;
    private final Runnable ended;
    private ByteBuf rest = Unpooled.EMPTY_BUFFER;

    /**
     * One watch.
     *
     * @param line told each line, without its end; borrowed for the call
     * @param begun told when the watch is granted
     * @param ended told when it is over, for whatever reason
     */
    WatchLines(Consumer<ByteBuf> line, Runnable begun, Runnable ended) {
        this.line = line;
        this.begun = begun;
        this.ended = ended;
    }

    @Override
    public void head(int status) {
        if (status == 200) {
            begun.run();
        }
    }

    @Override
    public void data(ByteBuf piece) {
        boolean joined = rest.isReadable();
        ByteBuf all = joined ? Unpooled.wrappedBuffer(rest, piece.retain()) : piece;
        for (int length = all.bytesBefore((byte) '\n'); length >= 0; length = all.bytesBefore((byte) '\n')) {
            line.accept(all.slice(all.readerIndex(), length));
            all.skipBytes(length + 1);
        }
        ByteBuf left = all.isReadable() ? Unpooled.copiedBuffer(all) : Unpooled.EMPTY_BUFFER;
        if (joined) {
            all.release();
        }
        rest = left;
    }

    @Override
    public void end(int status) {
        ended.run();
    }

    @Override
    public void failed(Throwable cause) {
        ended.run();
    }
}
