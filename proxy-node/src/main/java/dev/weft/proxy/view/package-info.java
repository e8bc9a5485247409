/**
 * The one immutable picture of services on this node, kept by list and watch.
 *
 * <p>Who may call: every other room of the module reads the picture; only this room talks to the API.
 *
 * <p>What must hold: while the API is away the last picture stays in use; a picture is never half updated.
 */
@NullMarked
package dev.weft.proxy.view;

import org.jspecify.annotations.NullMarked;
