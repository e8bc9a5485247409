/**
 * What a user does from outside: requests to the REST API, calls to a service's virtual IP, questions for its name.
 *
 * <p>Who may call: the front door, the demo, and tests.
 *
 * <p>What must hold: it knows nothing but Kubernetes' REST conventions, HTTP and DNS, so that what it measures is what a user
 * would see.
 */
@NullMarked
package dev.weft.deploy.client;

import org.jspecify.annotations.NullMarked;
