package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Locale;

/** What {@code kubectl get events} shows. */
final class EventColumns {
    private EventColumns() {}

    static Columns all() {
        return Columns.unnamed()
                .timed("Last Seen", 0, EventColumns::lastSeen)
                .text("Type", event -> Trees.text(event, "type"))
                .text("Reason", event -> Trees.text(event, "reason"))
                .text("Object", EventColumns::object)
                .wide("Subobject", event -> Trees.text(event, "involvedObject", "fieldPath"))
                .wide("Source", EventColumns::sourceAndHost)
                .text("Message", event -> Trees.text(event, "message").strip())
                .timed("First Seen", 1, EventColumns::firstSeen)
                .wide("Count", event -> Integer.toString(count(event)))
                .wide("Name", event -> Trees.text(event, "metadata", "name"));
    }

    private static String object(JsonNode event) {
        String kind = Trees.text(event, "involvedObject", "kind").toLowerCase(Locale.ROOT);
        String name = Trees.text(event, "involvedObject", "name");
        return name.isEmpty() ? kind : kind + "/" + name;
    }

    static String source(JsonNode event) {
        String component = Trees.text(event, "source", "component");
        return component.isEmpty() ? Trees.text(event, "reportingComponent") : component;
    }

    private static String sourceAndHost(JsonNode event) {
        String host = Trees.text(event, "source", "host");
        return host.isEmpty() ? source(event) : source(event) + ", " + host;
    }

    private static int count(JsonNode event) {
        int series = Trees.integer(event, 0, "series", "count");
        int single = Trees.integer(event, 0, "count");
        return series > 0 ? series : Math.max(1, single);
    }

    private static String firstSeen(JsonNode event, Instant now) {
        String first = Trees.text(event, "firstTimestamp");
        return HumanDuration.since(first.isEmpty() ? Trees.text(event, "eventTime") : first, now);
    }

    private static String lastSeen(JsonNode event, Instant now) {
        String observed = Trees.text(event, "series", "lastObservedTime");
        String last = observed.isEmpty() ? Trees.text(event, "lastTimestamp") : observed;
        return last.isEmpty() ? firstSeen(event, now) : HumanDuration.since(last, now);
    }
}
