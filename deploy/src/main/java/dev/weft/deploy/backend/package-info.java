/**
 * Something to call: small servers that say who they are, for demos and tests.
 *
 * <p>Who may call: the front door and the demo.
 *
 * <p>What must hold: real sockets, no knowledge of Weft; a request cannot make one hold more than a bounded amount of
 * memory or time.
 */
@NullMarked
package dev.weft.deploy.backend;

import org.jspecify.annotations.NullMarked;
