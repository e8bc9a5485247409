package dev.weft.api.rest;

import akka.http.javadsl.model.HttpResponse;
import dev.weft.registry.Registry;
import dev.weft.registry.Registry.Readiness;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

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

    /**
     * All that belongs to {@code healthz}, {@code livez} or {@code readyz}.
     *
     * @param excluded checks that are left out
     */
    HttpResponse answer(String check, boolean verbose, List<String> excluded) {
        boolean well = true;
        StringBuilder lines = new StringBuilder();
        for (Map.Entry<String, String> part : faults(check).entrySet()) {
            if (excluded.contains(part.getKey())) {
                lines.append("[+]").append(part.getKey()).append(" excluded: ok\n");
            } else if (part.getValue().isEmpty()) {
                lines.append("[+]").append(part.getKey()).append(" ok\n");
            } else {
                lines.append("[-]%s failed: %s\n".formatted(part.getKey(), part.getValue()));
                well = false;
            }
        }
        lines.append(check).append(well ? " check passed\n" : " check failed\n");
        if (!well) {
            return Answers.text(500, lines.toString());
        }
        return Answers.text(200, verbose ? lines.toString() : "ok");
    }

    /** One of them, as {@code /readyz/registry} asks; null if there is no such check. */
    @Nullable
    HttpResponse answer(String check, String part) {
        String fault = faults(check).get(part);
        if (fault == null) {
            return null;
        }
        return fault.isEmpty() ? Answers.text(200, "ok") : Answers.text(500, "internal server error: " + fault + "\n");
    }

    /** What is wrong, by the name of the check; empty if nothing is. */
    private Map<String, String> faults(String check) {
        Map<String, String> faults = new LinkedHashMap<>();
        faults.put("ping", "");
        if (check.equals("readyz")) {
            Readiness readiness = registry.readiness();
            faults.put("registry", readiness.ready() ? "" : readiness.missing());
            faults.put("shutdown", draining.get() ? "the server is stopping" : "");
        }
        return faults;
    }
}
