/**
 * Tells load balancers in front of the cluster whether this node serves, over HTTP: a port for each Service that sends
 * outside traffic to local endpoints only, and one for the node.
 *
 * <p>Who may call: the front door. Owns the sockets of the health-check node ports, that of {@code /healthz} and {@code
 * /livez}, and the one event loop that serves them. {@link dev.weft.proxy.nodehealth.HealthPorts} is pure.
 *
 * <p>What must hold: answers come from the last picture, whether or not the API is there; what clients can take is bounded;
 * no answer waits for the data path, and none of it for an answer.
 *
 * <p>Source of its rules: KP-8 and KP-9 of the project's rule list, after kube-proxy's {@code healthcheck} package.
 */
@NullMarked
package dev.weft.proxy.nodehealth;

import org.jspecify.annotations.NullMarked;
