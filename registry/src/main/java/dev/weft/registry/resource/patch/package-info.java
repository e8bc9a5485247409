/**
 * The patch formats, as functions from JSON to JSON: RFC 6902, RFC 7386, and Kubernetes' strategic merge.
 *
 * <p>Who may call: {@code registry.resource}, which checks what comes out; this room imports nothing of Weft.
 *
 * <p>What must hold: a patch is applied whole or not at all; whatever the patch, work and memory stay in proportion to
 * the object and the patch.
 *
 * <p>Source: RFC 6901, RFC 6902, RFC 7386; strategic merge patch of Kubernetes' apimachinery.
 */
@NullMarked
package dev.weft.registry.resource.patch;

import org.jspecify.annotations.NullMarked;
