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
 * <p>Nodes: one is judged only if it has a Lease in {@code kube-node-lease}; Pods of others, such as those written by
 * hand, are never touched. A Pod that a {@code weft run} keeps a Lease for is judged by that Lease alone, whatever its node
 * does. Cordoning ({@code spec.unschedulable}) concerns who starts Pods, not who is judged here.
 *
 * <p>Source: Kubernetes' garbage collection (background, foreground, orphan; {@code blockOwnerDeletion}), and its node
 * lifecycle (Leases, {@code NodeStatusUnknown}, no removal while every node is silent).
 */
@NullMarked
package dev.weft.registry.controller;

import org.jspecify.annotations.NullMarked;
