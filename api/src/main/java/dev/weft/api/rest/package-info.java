/**
 * The resource routes: discovery, objects, subresources, reviews, health.
 *
 * <p>Who may call: the front door of the module.
 *
 * <p>What must hold: every request ends in exactly one answer; bodies are read with a bound and a deadline; nothing blocks;
 * a bug becomes a 500 with an id, and is logged once under that id.
 *
 * <p>Source: Kubernetes API concepts and API conventions; what kubectl 1.32 sends (the request matrix of the field).
 */
@NullMarked
package dev.weft.api.rest;

import org.jspecify.annotations.NullMarked;
