/**
 * Serializers for what leaves the process: the only room that sees generated classes.
 *
 * <p>Who may call: the rooms whose values travel.
 *
 * <p>What must hold: equal values have equal bytes; bytes of an earlier release can be read; what cannot be read is
 * refused, never guessed.
 */
@NullMarked
package dev.weft.registry.wire;

import org.jspecify.annotations.NullMarked;
