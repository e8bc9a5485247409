/**
 * How it is asked: the Kubernetes REST API over Akka HTTP; the front door of the module.
 *
 * <p>Who may call: the composition root in {@code deploy}.
 *
 * <p>What must hold: a client that was written for Kubernetes does not notice the difference for the kinds served; a
 * connection passes TLS ({@code api.tls}), then the guard, then HTTP; a request passes its door ({@link dev.weft.api.ApiDoor}:
 * who asks, {@code api.authentication}, and may he, {@code api.authorization}) before any route sees it; beyond loopback the
 * server listens only behind such a door.
 */
@NullMarked
package dev.weft.api;

import org.jspecify.annotations.NullMarked;
