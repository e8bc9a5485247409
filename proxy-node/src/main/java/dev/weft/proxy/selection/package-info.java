/**
 * Which endpoints are in choice for a service port on this node: conditions, traffic policies, topology hints.
 *
 * <p>Who may call: {@code balance} and the rooms above. Owns nothing; pure.
 *
 * <p>What must hold: the same answers as kube-proxy for the same objects. Source: rules KP-1 to KP-7 and EPS-2, EPS-7,
 * EPS-9 of the project's rule list, after kube-proxy's {@code topology.go} and {@code endpointslicecache.go}.
 */
@NullMarked
package dev.weft.proxy.selection;

import org.jspecify.annotations.NullMarked;
