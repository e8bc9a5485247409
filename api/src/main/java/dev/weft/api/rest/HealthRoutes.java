package dev.weft.api.rest;

import akka.http.javadsl.model.HttpResponse;
import dev.weft.registry.Registry;
import dev.weft.registry.Registry.Readiness;
import java.util.concurrent.atomic.AtomicBoolean;

/** Alive and ready, as probes and people ask. */
final class HealthRoutes {
    private final Registry registry;
    private final AtomicBoolean draining = new AtomicBoolean();

    HealthRoutes(Registry registry) {
        this.registry = registry;
    }

    /** From now on the server is not ready, so that balancers look elsewhere. */
    void drain() {
        draining.set(true);
    }

    HttpResponse answer(String check, boolean verbose) {
        boolean asksForReadiness = check.equals("readyz");
        Readiness readiness = registry.readiness();
        boolean leaving = draining.get();
        boolean well = !asksForReadiness || (readiness.ready() && !leaving);
        StringBuilder lines = new StringBuilder("[+]ping ok\n");
        if (asksForReadiness) {
            lines.append(readiness.ready() ? "[+]registry ok\n" : "[-]registry failed: " + readiness.missing() + "\n");
            lines.append(leaving ? "[-]shutdown failed: the server is stopping\n" : "[+]shutdown ok\n");
        }
        lines.append(check).append(well ? " check passed\n" : " check failed\n");
        if (!well) {
            return Answers.text(500, lines.toString());
        }
        return Answers.text(200, verbose ? lines.toString() : "ok");
    }
}
