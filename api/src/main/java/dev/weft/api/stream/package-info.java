/**
 * Watches as streams: lines of JSON in an HTTP answer, or frames of a WebSocket.
 *
 * <p>Who may call: {@code api.rest}, {@code api.forward}, and the front door, which tells of the end of each connection.
 *
 * <p>What must hold: the reader's pace is the stream's pace; nothing is left behind when either side goes; every event is
 * one line of JSON, or one frame.
 *
 * <p>Source: Kubernetes API concepts, "Efficient detection of changes"; rules API-4 and API-5 of the field; RFC 6455.
 */
@NullMarked
package dev.weft.api.stream;

import org.jspecify.annotations.NullMarked;
