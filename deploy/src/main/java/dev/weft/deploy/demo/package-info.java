/**
 * The story that {@code weft demo} tells: two clusters, one service, and what happens when things break. Each step
 * verifies itself; one that does not hold ends the story with what failed.
 *
 * <p>Who may call: the front door.
 *
 * <p>What it owns: two server processes, six backends, a temporary directory; all are gone when it ends.
 *
 * <p>What must hold: everything shown is measured from outside, over the REST API and the virtual IPs, never assumed.
 */
@NullMarked
package dev.weft.deploy.demo;

import org.jspecify.annotations.NullMarked;
