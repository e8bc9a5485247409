package dev.weft.proxy.explanation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.proxy.balance.RoundTrips;
import dev.weft.proxy.explanation.ServiceExplanation.Export;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What {@code mesh.weft.dev} says of the clusters and of what they export under one name; pure. */
final class Federation {
    /** Of a cluster's status: milliseconds. */
    private static final Pattern ROUND_TRIP = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,9})?)ms");

    private final @Nullable JsonNode federated;
    private final Map<String, JsonNode> clusters = new HashMap<>();
    private final String own;
    private final boolean hasImport;

    /** @param own this cluster's name; empty for none */
    Federation(Observation observed, String own) {
        this.federated = observed.federated();
        this.own = own;
        this.hasImport = observed.imported() != null;
        observed.clusters()
                .forEach(cluster ->
                        clusters.put(cluster.path("metadata").path("name").asText(), cluster.path("status")));
    }

    /** An endpoint without a cluster is one of this cluster. */
    String nameOf(String cluster) {
        return cluster.isEmpty() ? own : cluster;
    }

    /** How new what is known of a cluster is; empty where nobody says. */
    String freshness(String cluster) {
        JsonNode status = clusters.get(nameOf(cluster));
        if (status == null) {
            return "";
        }
        return status.path("self").asBoolean()
                ? "Fresh"
                : status.path("freshness").asText("");
    }

    /**
     * How far another cluster is by gossip's round trip, in the steps of {@link RoundTrips#rankOf}; empty where none is
     * known. A proxy-node, which measures for itself, keeps its earlier order where neither is clearly nearer.
     */
    OptionalInt distance(String cluster) {
        JsonNode status = clusters.get(cluster);
        Matcher told = ROUND_TRIP.matcher(
                status == null ? "" : status.path("roundTrip").asText(""));
        return told.matches()
                ? OptionalInt.of(RoundTrips.rankOf(Math.max(1, Double.parseDouble(told.group(1)) * 1_000_000)))
                : OptionalInt.empty();
    }

    /** The state of a cluster as the federation's members list it; {@code Unknown} for one that is not listed. */
    String state(String cluster) {
        JsonNode status = clusters.get(cluster);
        return status == null ? "Unknown" : status.path("state").asText("Unknown");
    }

    /** For the ServiceImport where there is one, else for the Service; null where no cluster exports it. */
    ServiceExplanation.@Nullable Federation told(boolean ofImport) {
        if (federated == null || ofImport != hasImport) {
            return null;
        }
        JsonNode status = federated.path("status");
        List<String> messages = new ArrayList<>();
        status.path("conflict").path("messages").forEach(message -> messages.add(message.asText()));
        List<Export> exports = new ArrayList<>();
        status.path("exports").forEach(export -> exports.add(export(export)));
        return new ServiceExplanation.Federation(
                status.path("decision").path("cluster").asText(""),
                status.path("decision").path("reason").asText(""),
                status.path("conflict").path("reason").asText(""),
                messages,
                exports);
    }

    private Export export(JsonNode export) {
        String cluster = export.path("cluster").asText();
        List<String> ports = new ArrayList<>();
        export.path("ports").forEach(port -> ports.add(port.asText()));
        return new Export(
                cluster,
                export.path("exportedAt").asText(""),
                export.path("type").asText(""),
                ports,
                export.path("state").asText(""),
                freshness(cluster),
                export.path("staleSince").asText(""),
                export.path("decides").asBoolean(),
                export.path("endpoints").size()
                        + export.path("endpointsOmitted").asInt(0),
                export.path("readyEndpoints").asInt(0));
    }

    /** Endpoints of clusters of which no slice is here: what they export is not taken in. */
    List<ServiceExplanation.Endpoint> notTakenIn(Set<String> taken) {
        List<ServiceExplanation.Endpoint> endpoints = new ArrayList<>();
        if (federated == null) {
            return endpoints;
        }
        for (JsonNode export : federated.path("status").path("exports")) {
            String cluster = export.path("cluster").asText();
            if (!taken.contains(cluster)) {
                export.path("endpoints").forEach(endpoint -> endpoints.add(outside(cluster, endpoint)));
            }
        }
        return endpoints;
    }

    private ServiceExplanation.Endpoint outside(String cluster, JsonNode endpoint) {
        boolean withdrawn = freshness(cluster).equals("Withdrawn");
        return new ServiceExplanation.Endpoint(
                endpoint.path("address").asText(),
                cluster,
                endpoint.path("node").asText(""),
                endpoint.path("zone").asText(""),
                freshness(cluster),
                endpoint.path("ready").asBoolean(),
                endpoint.path("serving").asBoolean(),
                endpoint.path("terminating").asBoolean(),
                1,
                "",
                false,
                withdrawn ? "WITHDRAWN" : "NOT_IMPORTED",
                withdrawn
                        ? "withdrawn: nothing is heard of its cluster for so long that its endpoints are given up"
                        : "exported, but in no EndpointSlice here (its cluster is " + state(cluster) + ")",
                null);
    }
}
