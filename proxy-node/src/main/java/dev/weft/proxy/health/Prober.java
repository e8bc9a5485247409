package dev.weft.proxy.health;

import java.util.concurrent.CompletionStage;

/** Carries out one check. */
public interface Prober {
    /** Completes within the check's timeout; a target that cannot be reached is a failed check, not a failed stage. */
    CompletionStage<ProbeResult> probe(ProbeTarget target);

    /** Frees its sockets and threads; checks under way fail. */
    void close();
}
