/**
 * Accepts connections and datagrams on virtual addresses, picks an endpoint and relays; Netty, no actor in the inner loop.
 *
 * <p>Who may call: the front door. Owns the listening sockets, the open connections and the event loops.
 *
 * <p>What must hold: every byte, half-close and reset is passed on; memory for a connection is bounded by the water
 * marks and the kernel's socket buffers; a datagram is passed on whole or not at all; a listener is exclusive (no port is shared with another process); the control
 * side may restart at any time without a listener or a connection noticing.
 */
@NullMarked
package dev.weft.proxy.dataplane;

import org.jspecify.annotations.NullMarked;
