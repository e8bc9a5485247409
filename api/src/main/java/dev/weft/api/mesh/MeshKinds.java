package dev.weft.api.mesh;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.registry.resource.Column;
import dev.weft.registry.resource.HumanDuration;
import dev.weft.registry.resource.KindRules;
import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.resource.ResourceKind.Scope;
import dev.weft.registry.resource.ResourceType;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

/** The kinds of the group, declared. */
public final class MeshKinds {
    /** The only version that is served. */
    public static final String VERSION = "v1alpha1";

    private static final String GROUP = "mesh.weft.dev";
    private static final String NONE = "<none>";

    /** {@code clusters}: the members of the federation. */
    public static final ResourceKind CLUSTERS = kind(
            "Cluster",
            "clusters",
            Scope.CLUSTER,
            List.of(),
            ClusterModel.class,
            List.of(
                    name(),
                    text("State", 0, (object, now) -> object.at("/status/state").asText()),
                    text("Round-Trip", 0, (object, now) -> orNone(object.at("/status/roundTrip"))),
                    new Column(
                            "Behind",
                            "integer",
                            "",
                            "Records that are known to exist there and are not here yet.",
                            0,
                            (object, now) -> object.at("/status/recordsBehind").asLong()),
                    text("Last-Exchange", 0, MeshKinds::lastExchange),
                    text("Freshness", 0, MeshKinds::clusterFreshness),
                    text("Stale-For", 0, MeshKinds::staleFor),
                    text("Address", 0, (object, now) -> orNone(object.at("/spec/addresses/0"))),
                    new Column(
                            "Digest",
                            "string",
                            "",
                            "Stands for all that is held of it here: equal wherever the same is held.",
                            1,
                            (object, now) -> orNone(object.at("/status/digest")))));

    /** {@code federatedservices}: what the members export. */
    public static final ResourceKind FEDERATED_SERVICES = kind(
            "FederatedService",
            "federatedservices",
            Scope.NAMESPACED,
            List.of("fsvc"),
            FederatedServiceModel.class,
            List.of(
                    name(),
                    text("Type", 0, (object, now) -> object.at("/spec/type").asText()),
                    text("Ports", 0, (object, now) -> joined(object.at("/spec/ports"))),
                    text("Endpoints", 0, MeshKinds::endpoints),
                    text("Freshness", 0, MeshKinds::freshness),
                    text(
                            "Decides",
                            0,
                            (object, now) ->
                                    object.at("/status/decision/cluster").asText()),
                    text(
                            "Conflict",
                            0,
                            (object, now) ->
                                    object.at("/status/conflict/reason").asText()),
                    text("Age", 0, (object, now) -> age(object.at("/metadata/creationTimestamp"), now)),
                    text(
                            "Ready-Endpoints",
                            1,
                            (object, now) -> object.at("/status/readyEndpoints").asText() + "/"
                                    + object.at("/status/endpoints").asText())));

    private MeshKinds() {}

    private static ResourceKind kind(
            String kind, String plural, Scope scope, List<String> shortNames, Class<?> model, List<Column> columns) {
        return new ResourceKind(
                new ResourceType(GROUP, plural),
                kind,
                List.of(VERSION),
                scope,
                kind.toLowerCase(Locale.ROOT),
                shortNames,
                List.of(),
                Set.of(),
                model,
                columns,
                Map.of(),
                KindRules.NONE,
                null);
    }

    private static Column name() {
        return new Column(
                "Name",
                "string",
                "name",
                "Name must be unique within a namespace.",
                0,
                (object, now) -> object.at("/metadata/name").asText());
    }

    private static Column text(String name, int priority, Column.Cell cell) {
        return new Column(name, "string", "", name, priority, cell);
    }

    private static String lastExchange(JsonNode object, Instant now) {
        if (object.at("/status/self").asBoolean()) {
            return "<self>";
        }
        JsonNode last = object.at("/status/lastExchange");
        return last.isMissingNode() ? "<never>" : age(last, now);
    }

    /** One of which nothing was ever heard here has no time of its own: then since it became known. */
    private static String staleFor(JsonNode object, Instant now) {
        JsonNode since = object.at("/status/staleSince");
        JsonNode seconds = object.at("/status/stalenessSeconds");
        boolean unknown = since.isMissingNode()
                && seconds.isNumber()
                && !object.at("/status/self").asBoolean()
                && !object.at("/status/freshness").asText().equals("Fresh");
        return unknown
                ? HumanDuration.since(
                        now.minusMillis(Math.round(seconds.asDouble() * 1000)).toString(), now)
                : age(since, now);
    }

    /** With a word on its clock where that is not to be trusted. */
    private static String clusterFreshness(JsonNode object, Instant now) {
        String clock = object.at("/status/clockOff").asBoolean() ? ",clock-off" : "";
        return object.at("/status/freshness").asText() + clock;
    }

    /** {@code east 3/3, west 1/2}: ready ones of all, by cluster. */
    private static String endpoints(JsonNode object, Instant now) {
        StringJoiner joined = new StringJoiner(",");
        for (JsonNode export : object.at("/status/exports")) {
            int all = export.path("endpoints").size()
                    + export.path("endpointsOmitted").asInt();
            joined.add(export.path("cluster").asText() + "="
                    + export.path("readyEndpoints").asInt() + "/" + all);
        }
        return joined.toString();
    }

    /** Which of the clusters that export it are not sure to be up to date, and since when. */
    private static String freshness(JsonNode object, Instant now) {
        StringJoiner joined = new StringJoiner(",");
        for (JsonNode export : object.at("/status/exports")) {
            if (export.has("staleSince")) {
                joined.add(export.path("cluster").asText() + " stale for " + age(export.path("staleSince"), now));
            }
        }
        return joined.length() == 0 ? "Fresh" : joined.toString();
    }

    private static String age(JsonNode time, Instant now) {
        return time.isMissingNode() ? NONE : HumanDuration.since(time.asText(), now);
    }

    private static String orNone(JsonNode value) {
        return value.isMissingNode() ? NONE : value.asText();
    }

    private static String joined(JsonNode list) {
        StringJoiner joined = new StringJoiner(",");
        list.forEach(each -> joined.add(each.asText()));
        return joined.length() == 0 ? NONE : joined.toString();
    }
}
