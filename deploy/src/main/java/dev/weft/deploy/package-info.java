/**
 * How it is run: the {@code weft} command and the composition of a server, a proxy and the demo.
 *
 * <p>What must hold: all wiring of parts is plain constructor calls in one place each.
 */
@NullMarked
package dev.weft.deploy;

import org.jspecify.annotations.NullMarked;
