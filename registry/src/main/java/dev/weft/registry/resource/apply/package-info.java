/**
 * Server-side apply: who owns which field of an object, and what an applied configuration makes of it.
 *
 * <p>Who may call: {@code registry.resource}, which reads the configuration, checks what comes out and words refusals;
 * this room imports nothing of Weft.
 *
 * <p>What it owns: sets of fields and their JSON form, the walk over typed trees that finds, compares, merges and removes
 * fields, and the rules of ownership.
 *
 * <p>What must hold: values are immutable but for trees, which are copied before they are changed; work and memory stay in
 * proportion to the object, the configuration and what is already owned; a field that somebody else owns changes hands only
 * by force or by an update.
 *
 * <p>Source: Kubernetes' server-side apply (KEP 555), its structured merge of typed objects and its {@code FieldsV1}; rule
 * API-6.
 */
@NullMarked
package dev.weft.registry.resource.apply;

import org.jspecify.annotations.NullMarked;
