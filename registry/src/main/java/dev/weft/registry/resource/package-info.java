/**
 * The Kubernetes resource model as values: kinds as data, objects, selectors, patches, applies, validation, refusals.
 *
 * <p>Who may call: everyone; this room imports no other room.
 *
 * <p>What must hold: nothing here does I/O, reads a clock or knows an actor; objects are immutable; a {@link
 * dev.weft.registry.resource.Refusal} says what happened, to which object, and what to do.
 *
 * <p>Source: Kubernetes API concepts and API conventions; the rules SVC-n, EPS-n and API-n of the field.
 */
@NullMarked
package dev.weft.registry.resource;

import org.jspecify.annotations.NullMarked;
