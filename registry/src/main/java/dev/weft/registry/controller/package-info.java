/**
 * Level-triggered loops over what the hub tells, for what no single shard can decide in its step.
 *
 * <p>Who may call: the wiring, which hands in how to listen, look up and write, so that nothing here knows where objects
 * live, and sees to it that one collector runs at a time.
 *
 * <p>What it owns: nothing durable; every loop starts from what it is told and may be started again at any time.
 *
 * <p>What must hold: an object is deleted only when each of its owners was asked for and is not there; a deletion names
 * the uid that was judged, and an update the version, so that a newer object of the same name survives.
 *
 * <p>Source: Kubernetes' garbage collection (background, foreground, orphan; {@code blockOwnerDeletion}).
 */
@NullMarked
package dev.weft.registry.controller;

import org.jspecify.annotations.NullMarked;
