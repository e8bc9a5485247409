/**
 * Processes that we start and that end with us, whatever happens: by a stop, by our end, by our crash.
 *
 * <p>Who may call: the demo, and the multi-JVM tests.
 *
 * <p>What it owns: the processes that it started and the files that hold what they say.
 *
 * <p>What must hold: no process is left behind. Each child is started with a pipe as its standard input and ends when
 * that pipe does, so that even a parent that is killed takes its children along.
 */
@NullMarked
package dev.weft.deploy.child;

import org.jspecify.annotations.NullMarked;
