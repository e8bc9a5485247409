package dev.weft.deploy.bench;

import io.netty.buffer.ByteBuf;

/** Who hears an answer, on the thread of the connection. */
interface Receiver {
    /** The answer begins. */
    default void head(int status) {}

    /** A piece of the body; borrowed for the call. */
    default void data(ByteBuf piece) {}

    /** The answer is complete. */
    void end(int status);

    /** There will be no answer, or no more of it. */
    void failed(Throwable cause);
}
