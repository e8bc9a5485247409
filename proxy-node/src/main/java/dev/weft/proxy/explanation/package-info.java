/**
 * Why a connection to a service goes where it goes, as values for people and programs.
 *
 * <p>Who may call: the front door, and the command in {@code deploy}, which is why this room is made to be shared. Owns
 * nothing; pure: Kubernetes objects in, an {@link dev.weft.proxy.explanation.Explanation} out.
 *
 * <p>What must hold: no rule is written a second time here. The picture is made by {@code view}, endpoints are judged by
 * {@code selection}, shares come from {@code balance}, listeners from {@code dataplane}, records from {@code dns}: what is
 * told is what a proxy-node on that node decides from the same objects. What only a running proxy-node knows is said to be
 * not seen, never guessed.
 */
@NullMarked
package dev.weft.proxy.explanation;

import org.jspecify.annotations.NullMarked;
