package dev.weft.proxy.dataplane;

import io.netty.channel.Channel;
import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.ThreadAwareExecutor;

/**
 * Netty's epoll loop, with a relay's needs put right between it and the channels.
 *
 * <ul>
 *   <li>A socket is never taken out of the kernel's set while its channel is registered. Netty (since 4.2.13, pull
 *       request 16689; 4.2.20 still) takes it out when there is nothing to wait for and forgets that it did: the next
 *       wish to read or write fails with ENOENT. For a half-closed channel whose write has to wait, that meant an end
 *       of output in the middle of the data; for a listener that pauses after it ran out of files, a dead listener.
 *       Here a channel that waits for nothing stays in the set, edge triggered, so that nothing spins.
 *   <li>The end of input is found by reading to it, never told ahead (EPOLLRDHUP). Told ahead, Netty reads on to it
 *       whatever the flow control says.
 *   <li>An error on a channel that waits for nothing closes it: a reset is noticed though nobody reads or writes.
 * </ul>
 */
final class SteadyEpoll implements IoHandler {
    private final IoHandler netty;

    private SteadyEpoll(IoHandler netty) {
        this.netty = netty;
    }

    static IoHandlerFactory newFactory() {
        IoHandlerFactory netty = EpollIoHandler.newFactory();
        return new IoHandlerFactory() {
            @Override
            public IoHandler newHandler(ThreadAwareExecutor executor) {
                return new SteadyEpoll(netty.newHandler(executor));
            }

            @Override
            public boolean isChangingThreadSupported() {
                return netty.isChangingThreadSupported();
            }
        };
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        if (!(handle instanceof EpollIoHandle socket) || !(handle instanceof Channel.Unsafe channel)) {
            return netty.register(handle);
        }
        Socket steady = new Socket(socket, channel);
        return new Interest(netty.register(steady), steady);
    }

    @Override
    public void initialize() {
        netty.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        return netty.run(context);
    }

    @Override
    public void prepareToDestroy() {
        netty.prepareToDestroy();
    }

    @Override
    public void destroy() {
        netty.destroy();
    }

    @Override
    public void wakeup() {
        netty.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return netty.isCompatible(handleType);
    }

    /** What is waited for on a channel. Confined to the loop, but for {@link #cancel}. */
    private static final class Interest implements IoRegistration {
        private final IoRegistration netty;
        private final Socket socket;

        Interest(IoRegistration netty, Socket socket) {
            this.netty = netty;
            this.socket = socket;
        }

        @Override
        public long submit(IoOps ops) {
            EpollIoOps wanted = ((EpollIoOps) ops).without(EpollIoOps.EPOLLRDHUP);
            socket.waitsForNothing = wanted.value() == EpollIoOps.NONE.value();
            return netty.submit(socket.waitsForNothing ? EpollIoOps.EPOLLET : wanted);
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // as declared by Netty
        public <T> T attachment() {
            return netty.attachment();
        }

        @Override
        public boolean isValid() {
            return netty.isValid();
        }

        @Override
        public boolean cancel() {
            return netty.cancel();
        }
    }

    /** What the loop knows of a channel. */
    private static final class Socket implements EpollIoHandle {
        private final EpollIoHandle handle;
        private final Channel.Unsafe channel;
        private boolean waitsForNothing;

        Socket(EpollIoHandle handle, Channel.Unsafe channel) {
            this.handle = handle;
            this.channel = channel;
        }

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            if (!waitsForNothing) {
                handle.handle(registration, event);
            } else if (((EpollIoEvent) event).ops().contains(EpollIoOps.EPOLLERR)) {
                channel.close(channel.voidPromise());
            }
        }

        @Override
        public FileDescriptor fd() {
            return handle.fd();
        }

        @Override
        public void registered() {
            handle.registered();
        }

        @Override
        public void unregistered() {
            handle.unregistered();
        }

        @Override
        public void close() throws Exception {
            handle.close();
        }
    }
}
