/**
 * Level-triggered loops over the watch contract, for what no single shard can decide in its step.
 *
 * <p>Who may call: the wiring, which hands in how to follow, look up and delete, so that nothing here knows where objects
 * live.
 *
 * <p>What it owns: nothing durable; every loop starts from what it is told and may be started again at any time.
 *
 * <p>What must hold: an object is deleted only when its owner was asked for and is not there, and when that is still so
 * after a grace; a deletion names the uid that was judged, so that a newer object of the same name survives.
 *
 * <p>Source: Kubernetes' garbage collection of dependants; KEP-1880 (IPAddress objects without parent).
 */
@NullMarked
package dev.weft.registry.controller;

import org.jspecify.annotations.NullMarked;
