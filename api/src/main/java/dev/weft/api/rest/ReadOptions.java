package dev.weft.api.rest;

import dev.weft.api.problem.Refusals;
import dev.weft.api.problem.RequestRefused;
import dev.weft.registry.resource.FieldError;
import dev.weft.registry.resource.FieldSelector;
import dev.weft.registry.resource.LabelSelector;
import dev.weft.registry.resource.Parsed;
import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.watch.Collection;
import dev.weft.registry.watch.ListRequest;
import dev.weft.registry.watch.ResourceFilter;
import dev.weft.registry.watch.VersionMatch;
import dev.weft.registry.watch.WatchRequest;
import java.util.OptionalLong;

/** The query parameters of reads, by rules API-2 to API-5. Pure. */
final class ReadOptions {
    private static final String LIST_OPTIONS = "ListOptions";

    private final Query query;

    ReadOptions(Query query) {
        this.query = query;
    }

    boolean watch() {
        return query.flag("watch");
    }

    /** The version of a single read. */
    VersionMatch single() {
        long version = version();
        if (version < 0) {
            return new VersionMatch.MostRecent();
        }
        return version == 0 ? new VersionMatch.Any() : new VersionMatch.NotOlderThan(version);
    }

    ListRequest list(ResourceKind kind, String namespace) {
        // Kubernetes, too, takes a negative limit for none, and reads the time that only a watch needs.
        int limit = (int) Math.max(0, Math.min(Integer.MAX_VALUE, query.number("limit")));
        query.number("timeoutSeconds");
        String continuation = query.first("continue");
        if (query.has("sendInitialEvents")) {
            throw invalid(FieldError.forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"));
        }
        return new ListRequest(
                new Collection(kind.storedType(), namespace),
                filter(kind),
                listVersion(limit, continuation),
                limit,
                continuation);
    }

    private VersionMatch listVersion(int limit, String continuation) {
        String match = query.first("resourceVersionMatch");
        long version = version();
        if (!continuation.isEmpty()) {
            if (!match.isEmpty()) {
                throw invalid(FieldError.forbidden(
                        "resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided"));
            }
            if (version > 0) {
                throw RequestRefused.badRequest("specifying resource version is not allowed when using continue");
            }
            return new VersionMatch.MostRecent();
        }
        if (match.isEmpty()) {
            return unmatched(version, limit);
        }
        if (version < 0) {
            throw invalid(FieldError.forbidden(
                    "resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided"));
        }
        return switch (match) {
            case "NotOlderThan" -> version == 0 ? new VersionMatch.Any() : new VersionMatch.NotOlderThan(version);
            case "Exact" -> exact(version);
            default ->
                throw invalid(FieldError.notSupported("resourceVersionMatch", match, "Exact", "NotOlderThan", ""));
        };
    }

    private static VersionMatch exact(long version) {
        if (version == 0) {
            throw invalid(FieldError.forbidden(
                    "resourceVersionMatch", "resourceVersionMatch \"Exact\" is forbidden for resourceVersion \"0\""));
        }
        return new VersionMatch.Exact(version);
    }

    private static VersionMatch unmatched(long version, int limit) {
        if (version < 0) {
            return new VersionMatch.MostRecent();
        }
        if (version == 0) {
            return new VersionMatch.Any();
        }
        return limit > 0 ? new VersionMatch.Exact(version) : new VersionMatch.NotOlderThan(version);
    }

    WatchRequest watch(ResourceKind kind, String namespace) {
        String match = query.first("resourceVersionMatch");
        boolean initial = query.flag("sendInitialEvents");
        if (query.has("sendInitialEvents") && !match.equals("NotOlderThan")) {
            throw invalid(FieldError.forbidden(
                    "resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
        }
        if (!query.has("sendInitialEvents") && !match.isEmpty()) {
            throw invalid(FieldError.forbidden(
                    "resourceVersionMatch",
                    "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"));
        }
        long version = version();
        boolean fromStart = version <= 0 || initial;
        boolean bookmarks = query.flag("allowWatchBookmarks");
        return new WatchRequest(
                new Collection(kind.storedType(), namespace),
                filter(kind),
                fromStart ? OptionalLong.empty() : OptionalLong.of(version),
                bookmarks,
                initial && bookmarks);
    }

    /**
     * How long a watch may last at most.
     *
     * @return in seconds; 0 if the client does not say
     */
    long timeoutSeconds() {
        return Math.max(0, query.number("timeoutSeconds"));
    }

    ResourceFilter filter(ResourceKind kind) {
        String labels = query.first("labelSelector");
        String fields = query.first("fieldSelector");
        if (labels.isEmpty() && fields.isEmpty()) {
            return ResourceFilter.ALL;
        }
        LabelSelector byLabels = value(LabelSelector.parse(labels));
        FieldSelector byFields = value(FieldSelector.parse(kind, fields));
        return object -> byLabels.matches(object.labels()) && byFields.matches(object);
    }

    private static <T> T value(Parsed<T> parsed) {
        if (parsed instanceof Parsed.Invalid<T> invalid) {
            throw new RequestRefused(invalid.refusal());
        }
        return ((Parsed.Valid<T>) parsed).value();
    }

    /** The version asked for; -1 if none. A number beyond all versions is one that has not come yet. */
    private long version() {
        String text = query.first("resourceVersion");
        if (text.isEmpty()) {
            return -1;
        }
        if (!text.chars().allMatch(c -> c >= '0' && c <= '9') || text.length() > 39) {
            throw RequestRefused.badRequest("resourceVersion: Invalid value: \"" + text
                    + "\": strconv.ParseUint: parsing \"" + text + "\": invalid syntax");
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    private static RequestRefused invalid(FieldError error) {
        return new RequestRefused(Refusals.invalidOptions(LIST_OPTIONS, error));
    }
}
