/**
 * The one table from refusal to HTTP answer: Kubernetes {@code Status} objects.
 *
 * <p>Who may call: every other room of the module; this one imports none of them.
 *
 * <p>What must hold: a client can tell from {@code reason} and {@code code} alone what happened; no stack trace and no
 * class name ever leaves the process.
 *
 * <p>Source: Kubernetes API conventions, "Response status kind", and the bodies that a real API server sends.
 */
@NullMarked
package dev.weft.api.problem;

import org.jspecify.annotations.NullMarked;
