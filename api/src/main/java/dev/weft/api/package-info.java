/**
 * How it is asked: the Kubernetes REST API over Akka HTTP; the front door of the module.
 *
 * <p>Who may call: the composition root in {@code deploy}.
 *
 * <p>What must hold: a client that was written for Kubernetes does not notice the difference for the kinds served.
 */
@NullMarked
package dev.weft.api;

import org.jspecify.annotations.NullMarked;
