/**
 * Processes of this machine as Pods: {@code weft run} and the variables that {@code weft env} prints.
 *
 * <p>Who may call: the front door.
 *
 * <p>What it owns: one command with everything that it started, the Pod that stands for it, and the Lease that is its sign
 * of life. The supervising thread decides; the others (the Pod's records, the probe, what waits for the command's end) only
 * tell it what they saw.
 *
 * <p>What must hold: the Pod says what the command does, as far as the API can be reached; the command goes on while it
 * cannot. Killed hard, this process takes the command along: a shell that holds the other end of a pipe ends the command's
 * process group when the pipe does.
 *
 * <p>Source: the kubelet (variables of Services, probes, restart back-off, termination).
 */
@NullMarked
package dev.weft.deploy.run;

import org.jspecify.annotations.NullMarked;
