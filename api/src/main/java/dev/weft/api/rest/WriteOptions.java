package dev.weft.api.rest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.problem.Refusals;
import dev.weft.api.problem.RequestRefused;
import dev.weft.registry.resource.FieldError;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.Write;
import dev.weft.registry.resource.Write.Deletion;
import dev.weft.registry.resource.Write.FieldValidation;
import dev.weft.registry.resource.Write.Options;
import dev.weft.registry.resource.Write.PatchType;
import dev.weft.registry.resource.Write.Propagation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The query parameters of writes, and {@code DeleteOptions}. Pure. */
final class WriteOptions {
    private static final int LONGEST_MANAGER = 128;

    private final Query query;
    private final String userAgent;
    private final String kind;

    /**
     * @param userAgent names the field manager where the query does not
     * @param kind of the options, for messages: {@code CreateOptions}, {@code PatchOptions}, …
     */
    WriteOptions(Query query, String userAgent, String kind) {
        this.query = query;
        this.userAgent = userAgent;
        this.kind = kind;
    }

    Options options() {
        return new Options(dryRun(query.all("dryRun")), fieldManager(), fieldValidation());
    }

    Options patchOptions(PatchType type) {
        boolean apply = type == PatchType.SERVER_SIDE_APPLY;
        if (apply && query.first("fieldManager").isEmpty()) {
            throw invalid(FieldError.required("fieldManager", "is required for apply patch"));
        }
        if (!apply && query.has("force")) {
            throw invalid(FieldError.forbidden("force", "may not be specified for non-apply patch"));
        }
        return options();
    }

    /** The options of a deletion: those of the body count, the query fills in what it leaves open. */
    Options deleteOptions(JsonNode body) {
        List<String> dryRun = new ArrayList<>(query.all("dryRun"));
        body.path("dryRun").forEach(value -> dryRun.add(value.asText()));
        return new Options(dryRun(dryRun), fieldManager(), FieldValidation.IGNORE);
    }

    Deletion deletion(JsonNode body) {
        Optional<String> policy = text(body, "propagationPolicy")
                .or(() -> Optional.of(query.first("propagationPolicy")))
                .filter(text -> !text.isEmpty());
        if (policy.isPresent() && orphans(body).isPresent()) {
            throw invalid(FieldError.invalid(
                    "propagationPolicy", policy.get(), "orphanDependents and deletionPropagation cannot be both set"));
        }
        JsonNode preconditions = body.path("preconditions");
        return new Deletion(
                text(preconditions, "uid"),
                text(preconditions, "resourceVersion"),
                policy.map(this::propagation).or(() -> orphans(body)),
                gracePeriod(body));
    }

    private Optional<Propagation> orphans(JsonNode body) {
        if (body.path("orphanDependents").isBoolean()) {
            return Optional.of(body.path("orphanDependents").asBoolean() ? Propagation.ORPHAN : Propagation.BACKGROUND);
        }
        if (query.has("orphanDependents")) {
            return Optional.of(query.flag("orphanDependents") ? Propagation.ORPHAN : Propagation.BACKGROUND);
        }
        return Optional.empty();
    }

    private Propagation propagation(String text) {
        return switch (text) {
            case "Background" -> Propagation.BACKGROUND;
            case "Foreground" -> Propagation.FOREGROUND;
            case "Orphan" -> Propagation.ORPHAN;
            default ->
                throw invalid(FieldError.notSupported(
                        "propagationPolicy", text, "Foreground", "Background", "Orphan", "nil"));
        };
    }

    private Optional<Integer> gracePeriod(JsonNode body) {
        JsonNode inBody = body.path("gracePeriodSeconds");
        if (!inBody.isMissingNode() && !inBody.isNull() && !inBody.canConvertToExactIntegral()) {
            throw RequestRefused.badRequest("gracePeriodSeconds: expected a whole number");
        }
        if (!inBody.canConvertToExactIntegral() && !query.has("gracePeriodSeconds")) {
            return Optional.empty();
        }
        long seconds = inBody.canConvertToExactIntegral() ? inBody.asLong() : query.number("gracePeriodSeconds");
        // Kubernetes takes a negative period for the shortest.
        return Optional.of(seconds < 0 ? 1 : (int) Math.min(Integer.MAX_VALUE, seconds));
    }

    private static Optional<String> text(JsonNode node, String field) {
        return Optional.of(node.path(field)).filter(JsonNode::isTextual).map(JsonNode::asText);
    }

    private boolean dryRun(List<String> values) {
        for (String value : values) {
            if (!value.equals("All")) {
                throw invalid(FieldError.notSupported("dryRun", value, "All"));
            }
        }
        return !values.isEmpty();
    }

    private String fieldManager() {
        String manager = query.first("fieldManager");
        if (manager.length() > LONGEST_MANAGER) {
            throw invalid(new FieldError(
                    "fieldManager", FieldError.Reason.FieldValueTooLong, "Too long: may not be more than 128 bytes"));
        }
        if (!manager.chars().allMatch(c -> c >= ' ' && c != 0x7f)) {
            throw invalid(FieldError.invalid("fieldManager", "", "should only contain printable characters"));
        }
        if (!manager.isEmpty()) {
            return manager;
        }
        String agent = userAgent.split("/", 2)[0];
        return agent.substring(0, Math.min(LONGEST_MANAGER, agent.length()));
    }

    private FieldValidation fieldValidation() {
        String text = query.first("fieldValidation");
        return switch (text) {
            case "Ignore" -> FieldValidation.IGNORE;
            case "", "Warn" -> FieldValidation.WARN;
            case "Strict" -> FieldValidation.STRICT;
            default -> throw invalid(FieldError.notSupported("fieldValidation", text, "", "Ignore", "Strict", "Warn"));
        };
    }

    private RequestRefused invalid(FieldError error) {
        return new RequestRefused(Refusals.invalidOptions(kind, error));
    }

    /** Whether a server-side apply may take fields over from others. */
    boolean force() {
        return query.flag("force");
    }

    /** A deletion, complete. */
    Write.Delete delete(ResourceKey key, JsonNode body) {
        return new Write.Delete(key, deletion(body), deleteOptions(body));
    }
}
