package dev.weft.proxy.dataplane;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.UnixChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A bound socket through which clients come in. */
interface Door {
    /** Lets in what waits already, then nobody else, and frees the port. From any thread. */
    void close();

    /** For handing it to another process; null for a kind that cannot be handed over. */
    @Nullable
    FileDescriptor descriptor();

    /** That of a channel of Netty's, when it is bound. */
    @SuppressWarnings("FutureReturnValueIgnored") // its outcome is told
    static CompletionStage<Door> of(ChannelFuture binding) {
        CompletableFuture<Door> door = new CompletableFuture<>();
        Channel channel = binding.channel();
        binding.addListener((ChannelFuture bound) -> {
            if (bound.isSuccess()) {
                door.complete(of(channel));
            } else {
                door.completeExceptionally(bound.cause());
            }
        });
        return door;
    }

    /** A channel of Netty's that is bound. */
    @SuppressWarnings("FutureReturnValueIgnored") // a close that fails is closed
    static Door of(Channel bound) {
        return new Door() {
            @Override
            public void close() {
                bound.close();
            }

            @Override
            public @Nullable FileDescriptor descriptor() {
                return bound instanceof UnixChannel channel ? channel.fd() : null;
            }
        };
    }
}
