/**
 * Request bodies, read: JSON, YAML and Kubernetes' protobuf become one JSON object of the kind that the URL names.
 *
 * <p>Who may call: {@code api.rest}.
 *
 * <p>What must hold: whatever the bytes are, the outcome is an object or a {@link
 * dev.weft.api.problem.RequestRefused}; depth, aliases and numbers are bounded, so that no body grows beyond a small
 * multiple of its size.
 *
 * <p>Source: Kubernetes API concepts, "Alternate representations of resources"; k8s.io/apimachinery runtime.Unknown.
 */
@NullMarked
package dev.weft.api.body;

import org.jspecify.annotations.NullMarked;
