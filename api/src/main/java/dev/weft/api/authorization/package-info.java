/**
 * May you: role-based access control with Kubernetes' semantics.
 *
 * <p>Who may call: {@code api.rest}, the front door, and the composition root.
 *
 * <p>What it owns: one immutable picture of all roles and bindings ({@link dev.weft.api.authorization.RbacPolicy}), kept by
 * list and watch in each process; the roles that are there from the beginning; the rules of aggregated roles.
 *
 * <p>What must hold: every decision is made from one picture and is pure; what no rule allows is refused, also where a role
 * is missing or cannot be read; before the first picture nobody but {@code system:masters} may do anything; nobody gives a
 * permission that he does not have, in any way of writing, also where others write at the same time.
 *
 * <p>Known limit: like in Kubernetes, a change of a role counts once the watch has brought it, milliseconds later. A watch that
 * was begun ends within a second of that where the right to it is gone, and within {@code weft.api.watch.asked-again} of the end
 * of what proved who watches.
 *
 * <p>Source: Kubernetes' "Using RBAC Authorization", and what kube-apiserver answers.
 */
@NullMarked
package dev.weft.api.authorization;

import org.jspecify.annotations.NullMarked;
