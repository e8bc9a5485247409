/**
 * Bounds on what a connection may bring, between TCP and Akka HTTP.
 *
 * <p>Who may call: the front door of the module. It owns nothing but what has arrived of one request's head.
 *
 * <p>What must hold: only complete, well-formed heads of bounded size reach the HTTP layer; a request has arrived in bounded
 * time or its connection ends; what two readers could understand differently (lengths, encodings, line ends) is refused.
 *
 * <p>Source: RFC 9112, sections 2.2, 3, 5.1, 6 and 11.2; the known holes of Akka HTTP 10.5.3 (its {@code Content-Length} wraps,
 * it knows no deadline for a head).
 */
@NullMarked
package dev.weft.api.guard;

import org.jspecify.annotations.NullMarked;
