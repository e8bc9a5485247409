package dev.weft.registry.resource;

import static dev.weft.registry.resource.KindBuilder.kind;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Event;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Events: stored as those of the core group, served as those of {@code events.k8s.io}, too, as Kubernetes does. */
final class EventKinds {
    private static final Map<String, String> NAMES = Map.of(
            "regarding", "involvedObject",
            "note", "message",
            "reportingController", "reportingComponent",
            "deprecatedSource", "source",
            "deprecatedFirstTimestamp", "firstTimestamp",
            "deprecatedLastTimestamp", "lastTimestamp",
            "deprecatedCount", "count");

    /** What is to be known of the second kind itself; its objects obey the rules of the first. */
    private static final KindRules AS_SERVED = new KindRules() {
        @Override
        public boolean createdByUpdate() {
            return true;
        }
    };

    private static final Set<String> CHANGING = Set.of("apiVersion", "kind", "metadata", "series");

    private EventKinds() {}

    static List<ResourceKind> all() {
        return List.of(core(), cohabiting());
    }

    private static ResourceKind core() {
        return kind("", "Event", "events", Event.class)
                .shortNames("ev")
                .columns(EventColumns.all())
                .selectableBy(
                        "involvedObject.kind",
                        "involvedObject.namespace",
                        "involvedObject.name",
                        "involvedObject.uid",
                        "involvedObject.apiVersion",
                        "involvedObject.resourceVersion",
                        "involvedObject.fieldPath",
                        "reason",
                        "reportingComponent",
                        "type")
                .selectableBy("source", EventColumns::source)
                .rules(new EventRules())
                .done();
    }

    private static ResourceKind cohabiting() {
        KindBuilder events = kind(
                        "events.k8s.io", "Event", "events", io.fabric8.kubernetes.api.model.events.v1.Event.class)
                .columns(EventColumns.all())
                .rules(AS_SERVED)
                .selectableBy("reason", "type")
                .selectableBy("reportingController", event -> Trees.text(event, "reportingComponent"))
                .cohabiting(new Cohabitation(
                        new ResourceType("", "events"), "v1", NAMES, CHANGING, EventRules::validateNew));
        for (String field : List.of("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")) {
            events.selectableBy("regarding." + field, event -> regarding(event, field));
        }
        return events.done();
    }

    private static String regarding(JsonNode event, String field) {
        return Trees.text(event, "involvedObject", field);
    }
}
