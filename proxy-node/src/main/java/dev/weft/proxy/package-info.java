/**
 * How it is used: turns what an API server says of Services and EndpointSlices into listeners that balance traffic; the
 * front door of the module.
 *
 * <p>Who may call: the composition root in {@code deploy}. This module depends on no other module of Weft: it knows the
 * Kubernetes resource model and an API address, or a {@link dev.weft.proxy.view.ResourceFeed} of the same shape.
 *
 * <p>What must hold: control and data are apart; the data path reads immutable snapshots and never waits for an actor; a
 * successor lets its predecessor go when it serves, in whichever way, and not before.
 *
 * <p>Rooms beyond those of the design contract: {@code health} (active checks), {@code outlier} (passive ones), {@code
 * nftables} (services in the kernel), {@code hostaddress} (addresses put on this host), {@code metrics}, and {@code
 * explanation} (why a connection goes where it goes).
 */
@NullMarked
package dev.weft.proxy;

import org.jspecify.annotations.NullMarked;
