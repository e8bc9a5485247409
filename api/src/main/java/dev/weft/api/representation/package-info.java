/**
 * How objects are shown: as they are stored, in another served version, as metadata only, as Table.
 *
 * <p>Who may call: {@code api.stream} and {@code api.rest}.
 *
 * <p>What must hold: pure; an object that is shown as it is stored is never parsed, its bytes are passed on.
 *
 * <p>Source: Kubernetes API concepts, "Receiving resources as Tables"; meta.k8s.io/v1.
 */
@NullMarked
package dev.weft.api.representation;

import org.jspecify.annotations.NullMarked;
