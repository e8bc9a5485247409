package dev.weft.proxy.dataplane;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands bound sockets, and what is remembered of clients, from a process to its successor over a socket of the file system.
 * The successor asks for them, and listens on them too; when it serves, it says so, and the predecessor leaves. The sockets
 * are never closed in between, so that no connection that waits in one is lost; if the successor fails before it serves,
 * nothing has happened.
 *
 * <p>Each wish is a connection of its own: {@link #ASK} is answered with the sockets, {@link #REMEMBER} with the clients
 * of session affinity (by an older version with nothing), {@link #LEAVE} with the end of the connection when nothing stands
 * in the way of the successor's own socket there. Only processes of the same user are answered.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails here shows by what does not come
final class Handover {
    private static final Logger LOG = LoggerFactory.getLogger(Handover.class);
    private static final byte ASK = 'A';
    private static final byte REMEMBER = 'M';
    private static final byte LEAVE = 'L';

    /** Room for the names of what so many clients are told of: listeners and endpoints (bytes). */
    private static final int NAMES = 64 << 20;

    private static final int BYTES_BY_CLIENT = 16;

    private final EventLoopGroup loop;
    private final Path path;

    /** @param loop of one thread, with native epoll */
    Handover(EventLoopGroup loop, Path path) {
        this.loop = loop;
        this.path = path;
    }

    /**
     * Asks who serves there for its sockets.
     *
     * @return completes with all of them; with none when nobody answers, or not in time
     */
    CompletionStage<Inheritance> receive(Duration patience) {
        Inheritance inheritance = new Inheritance();
        CompletableFuture<Inheritance> received = new CompletableFuture<>();
        ask(ASK, patience, DomainSocketReadMode.FILE_DESCRIPTORS, new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext context, Object message) {
                        if (message instanceof FileDescriptor descriptor) {
                            inheritance.add(descriptor);
                        } else {
                            ReferenceCountUtil.release(message);
                        }
                    }
                })
                .whenComplete((ended, failure) -> received.complete(inheritance));
        return received;
    }

    /**
     * What a process leaves to its successor.
     *
     * @param sockets those that are bound now
     * @param memory what it remembers of clients, encoded
     * @param relieved called when a successor serves
     */
    record Estate(Supplier<List<FileDescriptor>> sockets, Supplier<byte[]> memory, Runnable relieved) {}

    /**
     * Asks who serves there for the clients that it has on endpoints by session affinity.
     *
     * @return completes with at most so many; with none when nobody answers, or not in time
     */
    CompletionStage<AffinityMemory> recollect(Duration patience, int most) {
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        CompletableFuture<AffinityMemory> remembered = new CompletableFuture<>();
        ask(REMEMBER, patience, DomainSocketReadMode.BYTES, new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext context, Object message) throws IOException {
                        ByteBuf bytes = (ByteBuf) message;
                        try {
                            if (told.size() - NAMES > BYTES_BY_CLIENT * (long) most) {
                                context.close();
                            } else {
                                bytes.readBytes(told, bytes.readableBytes());
                            }
                        } finally {
                            bytes.release();
                        }
                    }
                })
                .whenComplete((ended, failure) -> remembered.complete(decoded(told.toByteArray(), most)));
        return remembered;
    }

    private static AffinityMemory decoded(byte[] told, int most) {
        try {
            return AffinityMemory.decoded(told, most);
        } catch (IOException e) {
            LOG.warn("clients of session affinity may get other endpoints: what was told of them is unreadable: {}", e);
            return AffinityMemory.NONE;
        }
    }

    /** Tells who serves there that it is not needed any more; completes when it has made way, or does not answer. */
    CompletionStage<Void> relieve(Duration patience) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        ask(LEAVE, patience, DomainSocketReadMode.BYTES, new ChannelInboundHandlerAdapter())
                .whenComplete((ended, failure) -> done.complete(null));
        return done;
    }

    /**
     * Serves there from now on.
     *
     * @return closes it
     */
    CompletionStage<Runnable> offer(Estate estate) {
        CompletableFuture<Runnable> serving = new CompletableFuture<>();
        try {
            Files.deleteIfExists(path); // of one that has ended without closing it: nobody has answered there
        } catch (IOException e) {
            serving.completeExceptionally(e);
            return serving;
        }
        new ServerBootstrap()
                .group(loop, loop)
                .channel(EpollServerDomainSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel child) throws IOException {
                        if (isOwn((EpollDomainSocketChannel) child)) {
                            child.pipeline().addLast(new Wishes(child.parent(), estate));
                        } else {
                            LOG.warn("another user asks for this proxy-node's sockets at {} and gets none", path);
                            child.close();
                        }
                    }
                })
                .bind(new DomainSocketAddress(path.toString()))
                .addListener((ChannelFuture bound) -> {
                    if (bound.isSuccess()) {
                        onlyForOwner();
                        serving.complete(bound.channel()::close);
                    } else {
                        serving.completeExceptionally(bound.cause());
                    }
                });
        return serving;
    }

    private boolean isOwn(EpollDomainSocketChannel asking) throws IOException {
        Object owner = Files.getAttribute(path, "unix:uid");
        return owner.equals(asking.peerCredentials().uid());
    }

    private void onlyForOwner() {
        try {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException | UnsupportedOperationException e) {
            LOG.warn("others may connect to {} (and get nothing): {}", path, e.toString());
        }
    }

    /** Completes when the connection has ended, whoever ended it. */
    private CompletionStage<Void> ask(
            byte wish, Duration patience, DomainSocketReadMode reading, ChannelHandler handler) {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        if (!Files.exists(path)) {
            ended.complete(null);
            return ended;
        }
        new Bootstrap()
                .group(loop)
                .channel(EpollDomainSocketChannel.class)
                .option(EpollChannelOption.DOMAIN_SOCKET_READ_MODE, reading)
                .handler(handler)
                .connect(new DomainSocketAddress(path.toString()))
                .addListener((ChannelFuture connected) -> {
                    if (!connected.isSuccess()) {
                        ended.complete(null); // what is left of one that has ended
                        return;
                    }
                    Channel channel = connected.channel();
                    ScheduledFuture<?> late =
                            loop.schedule(() -> channel.close(), patience.toMillis(), TimeUnit.MILLISECONDS);
                    channel.closeFuture().addListener(closed -> {
                        late.cancel(false);
                        ended.complete(null);
                    });
                    channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {wish}));
                });
        return ended;
    }

    /** What a successor wants. */
    private static final class Wishes extends ChannelInboundHandlerAdapter {
        private final Channel server;
        private final Estate estate;

        Wishes(Channel server, Estate estate) {
            this.server = server;
            this.estate = estate;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            byte wish = bytes.isReadable() ? bytes.readByte() : 0;
            bytes.release();
            if (wish == ASK) {
                List<FileDescriptor> bound = estate.sockets().get();
                LOG.info("hands {} listening sockets to a successor", bound.size());
                bound.forEach(context::write);
                context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            } else if (wish == REMEMBER) {
                context.writeAndFlush(Unpooled.wrappedBuffer(estate.memory().get()))
                        .addListener(ChannelFutureListener.CLOSE);
            } else if (wish == LEAVE) {
                LOG.info("a successor serves: this proxy-node leaves");
                server.close().addListener(closed -> {
                    estate.relieved().run();
                    context.close();
                });
            } else {
                context.close();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LOG.warn("a hand-over was interrupted: {}", cause.toString());
            context.close();
        }
    }
}
