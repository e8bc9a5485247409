/**
 * What is served, told to clients: discovery documents and OpenAPI.
 *
 * <p>Who may call: {@code api.rest}.
 *
 * <p>What must hold: pure; what is told here is what the routes serve, since both read the same kinds.
 *
 * <p>Source: apidiscovery.k8s.io/v2, meta.k8s.io/v1 APIResourceList, OpenAPI v3.0 with Kubernetes' extensions.
 */
@NullMarked
package dev.weft.api.discovery;

import org.jspecify.annotations.NullMarked;
