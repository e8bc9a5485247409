/**
 * Watches as streams of bytes.
 *
 * <p>Who may call: {@code api.rest}, {@code api.forward}, and the front door, which tells of the end of each connection.
 *
 * <p>What must hold: the reader's pace is the stream's pace; nothing is left behind when either side goes; every event is
 * one line of JSON.
 *
 * <p>Source: Kubernetes API concepts, "Efficient detection of changes"; rules API-4 and API-5 of the field.
 */
@NullMarked
package dev.weft.api.stream;

import org.jspecify.annotations.NullMarked;
