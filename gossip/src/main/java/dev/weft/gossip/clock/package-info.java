/**
 * Order without a shared clock: hybrid timestamps and the clock that issues them.
 *
 * <p>Pure values, shared by every module that needs an order; nothing here reads the machine's clock except through the
 * {@link java.time.InstantSource} that it was handed.
 *
 * <p>What must hold: a clock never issues the same timestamp twice and never goes back, whatever the wall clock does; two
 * clocks with different lanes never issue equal timestamps.
 *
 * <p>Source: Kulkarni et al., "Logical Physical Clocks" (2014).
 */
@NullMarked
package dev.weft.gossip.clock;

import org.jspecify.annotations.NullMarked;
