/**
 * What a proxy-node does, in numbers, in the text format of Prometheus.
 *
 * <p>Who may call: the front door. Owns the socket that serves the numbers, where one is configured; {@link
 * dev.weft.proxy.metrics.MetricsText} is pure.
 *
 * <p>What must hold: what a scrape costs is bounded, however many services and endpoints there are: idle listeners are left
 * out, and beyond the configured counts the rest is too, which is told.
 *
 * <p>Source of its rules: Prometheus' exposition format 0.0.4 and its naming conventions.
 */
@NullMarked
package dev.weft.proxy.metrics;

import org.jspecify.annotations.NullMarked;
