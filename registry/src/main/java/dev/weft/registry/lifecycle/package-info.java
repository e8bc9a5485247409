/**
 * How objects end: preconditions, grace, finalizers, owners, the emptying of namespaces.
 *
 * <p>Who may call: the shard, for each deletion; the garbage collector and the namespace controller.
 *
 * <p>What must hold: an object with finalizers stays until the list is empty (API-8); nothing is removed whose
 * preconditions do not hold; everything here is a function of its arguments.
 *
 * <p>Pods: Kubernetes leaves a Pod on a node until the node's kubelet has ended it. Here most Pods are records of
 * processes that someone else runs, and would hang for ever. So a Pod ends gracefully only if the annotation {@code
 * mesh.weft.dev/agent} says that an agent owns it, which removes it with a grace of 0; every other Pod goes at once.
 *
 * <p>Source: Kubernetes API concepts (deletion, garbage collection).
 */
@NullMarked
package dev.weft.registry.lifecycle;

import org.jspecify.annotations.NullMarked;
