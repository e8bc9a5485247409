/**
 * What a user does from outside: requests to the REST API, and calls to a service's virtual IP.
 *
 * <p>Who may call: the front door, the demo, and tests.
 *
 * <p>What must hold: it knows nothing but Kubernetes' REST conventions and HTTP, so that what it measures is what a user
 * would see.
 */
@NullMarked
package dev.weft.deploy.client;

import org.jspecify.annotations.NullMarked;
