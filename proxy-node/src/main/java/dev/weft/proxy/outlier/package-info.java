/**
 * What an endpoint's own failures say of it: how often in a row before it is out of choice, for how long, and how many
 * may be out at once. Pure.
 *
 * <p>Who may call: {@code balance} keeps an {@link dev.weft.proxy.outlier.OutlierState} for each endpoint, the data path
 * feeds it. Owns nothing, and knows no clock but the times that it is told.
 *
 * <p>What must hold: an endpoint that answers is never ejected; no more are ejected than the ceiling allows; when too few
 * are left, all are used, since then the fault is likely nearer than the endpoints. Source: the passive health checks
 * of the field (Envoy's outlier detection and panic threshold, HAProxy's observe layer4).
 */
@NullMarked
package dev.weft.proxy.outlier;

import org.jspecify.annotations.NullMarked;
