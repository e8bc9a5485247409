/**
 * The API server as a way to workloads: {@code services/NAME/proxy} and {@code pods/NAME/proxy}.
 *
 * <p>Who may call: {@code api.rest}.
 *
 * <p>What it owns: one connection to an endpoint for each request under way, and nothing between requests.
 *
 * <p>What must hold: a request goes only where the registry says that a Pod of the namespace lives: a Service's endpoint counts
 * only if a Pod in that namespace has its address, so that nobody reaches other places by writing Endpoints by hand; never
 * to a link-local, multicast or unspecified address; on loopback, which is shared with whatever else runs on the machine,
 * only to ports that the Pod's containers declare. Credentials for this API stay here. Bodies are passed on at the reader's pace,
 * never collected; an answer that breaks off breaks off for the client as well.
 *
 * <p>Source: Kubernetes API, "connect GET requests to proxy of Service" and Pod; how kube-apiserver chooses endpoints and words its
 * refusals; RFC 9110, section 7.6.1 (fields that end at each hop).
 */
@NullMarked
package dev.weft.api.forward;

import org.jspecify.annotations.NullMarked;
