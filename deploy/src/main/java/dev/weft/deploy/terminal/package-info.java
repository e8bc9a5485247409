/**
 * What a person at a terminal sees: failures as one line, tables, a view that refreshes in place.
 *
 * <p>Who may call: every room of the module; this room imports no other.
 *
 * <p>What must hold: nothing but text comes out here where the output is no terminal; no control characters.
 */
@NullMarked
package dev.weft.deploy.terminal;

import org.jspecify.annotations.NullMarked;
