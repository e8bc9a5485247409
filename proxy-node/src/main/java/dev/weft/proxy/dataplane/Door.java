package dev.weft.proxy.dataplane;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A bound socket through which clients come in. */
interface Door {
    /** Lets in what waits already, then nobody else, and frees the port. From any thread. */
    void close();

    /** That of a channel of Netty's, when it is bound. */
    @SuppressWarnings("FutureReturnValueIgnored") // a close that fails is closed
    static CompletionStage<Door> of(ChannelFuture binding) {
        CompletableFuture<Door> door = new CompletableFuture<>();
        Channel channel = binding.channel();
        binding.addListener((ChannelFuture bound) -> {
            if (bound.isSuccess()) {
                door.complete(channel::close);
            } else {
                door.completeExceptionally(bound.cause());
            }
        });
        return door;
    }
}
