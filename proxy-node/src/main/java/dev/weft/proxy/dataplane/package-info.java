/**
 * Accepts connections and datagrams on virtual addresses, picks an endpoint and relays; Netty, no actor in the inner loop.
 *
 * <p>Who may call: the front door. Owns the listening sockets, the open connections and the event loops.
 *
 * <p>What must hold: every byte, half-close and reset is passed on; memory for a connection is bounded by the water
 * marks and the kernel's socket buffers; a datagram is passed on whole or not at all; a listener is exclusive (no port is shared with another process, but with a
 * successor to whom it was handed); the control side may restart at any time without a listener or a connection noticing.
 *
 * <p>Where there is native epoll, TCP goes without Netty's channels: {@code SocketDoor} accepts on every loop, {@code
 * SocketSide} moves bytes with two calls of the kernel for a small message, and much at once in bulk (or through pipes, where that is
 * configured); Netty has the loops.
 * {@code ChannelSide} does the same on channels for where there is none. Measured beside HAProxy: {@code
 * deploy/bench/dataplane}.
 */
@NullMarked
package dev.weft.proxy.dataplane;

import org.jspecify.annotations.NullMarked;
