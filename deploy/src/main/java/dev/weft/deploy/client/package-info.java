/**
 * The REST API as its user sees it: the few requests that the command itself makes.
 *
 * <p>Who may call: the front door, the demo, and tests.
 *
 * <p>What must hold: it knows nothing but Kubernetes' REST conventions, so that it works against any server of them.
 */
@NullMarked
package dev.weft.deploy.client;

import org.jspecify.annotations.NullMarked;
