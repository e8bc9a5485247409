/**
 * How it is run: the {@code weft} command; the front door of the module.
 *
 * <p>Who may call: the launcher script {@code deploy/weft}, nobody else. Below it, from top to bottom, each importing
 * only those after it: {@code demo} (the story that {@code weft demo} tells), {@code server} (the composition of a
 * control-plane node and of a proxy-node), {@code run} (processes of this machine as Pods), {@code backend} (something to call), {@code child} (processes that end with
 * us), {@code client} (the REST API as its user sees it), {@code terminal} (what a person sees).
 *
 * <p>What must hold: names, flags, exit codes (0 done, 1 failed, 2 wrong usage) and the first word of what a command
 * prints are fixed, since users' scripts depend on them; all wiring of parts is plain constructor calls in one place
 * each.
 */
@NullMarked
package dev.weft.deploy;

import org.jspecify.annotations.NullMarked;
