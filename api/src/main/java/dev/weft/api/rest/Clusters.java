package dev.weft.api.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.ClusterMember;
import dev.weft.registry.FederationView;
import dev.weft.registry.Registry.Answer;
import dev.weft.registry.resource.Column;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.KindRules;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.watch.ListRequest;
import dev.weft.registry.watch.Listing;
import dev.weft.registry.watch.VersionMatch;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** The read-only kind {@code clusters.mesh.weft.dev}: the federation as this node sees it, asked anew for each request. */
final class Clusters implements ReadableObjects {
    static final String VERSION = "v1alpha1";

    static final ResourceKind KIND = new ResourceKind(
            new ResourceType("mesh.weft.dev", "clusters"),
            "Cluster",
            List.of(VERSION),
            ResourceKind.Scope.CLUSTER,
            "cluster",
            List.of(),
            List.of(),
            Set.of(),
            ClusterMember.class,
            List.of(
                    column(
                            "Name",
                            "string",
                            "name",
                            (object, now) -> object.at("/metadata/name").asText()),
                    column(
                            "State",
                            "string",
                            "",
                            (object, now) -> object.at("/status/state").asText()),
                    column("Round-Trip", "string", "", (object, now) -> orNone(object.at("/status/roundTrip"))),
                    column(
                            "Behind",
                            "integer",
                            "",
                            (object, now) -> object.at("/status/recordsBehind").asLong()),
                    column("Last-Exchange", "string", "", Clusters::lastExchange),
                    column("Freshness", "string", "", Clusters::freshness),
                    column("Address", "string", "", (object, now) -> orNone(object.at("/spec/addresses/0")))),
            Map.of(),
            KindRules.NONE);

    private final FederationView federation;
    private final InstantSource clock;

    Clusters(FederationView federation, InstantSource clock) {
        this.federation = federation;
        this.clock = clock;
    }

    @Override
    public CompletionStage<Answer<Resource>> get(ResourceKey key, VersionMatch version) {
        return federation
                .members()
                .thenApply(members -> members.stream()
                        .filter(member -> member.name().equals(key.name()))
                        .findFirst()
                        .<Answer<Resource>>map(member -> new Answer.Found<>(resource(member)))
                        .orElseGet(() -> new Answer.Refused<>(Refusal.notFound(key))));
    }

    @Override
    public CompletionStage<Answer<Listing>> list(ListRequest request) {
        return federation.members().thenApply(members -> {
            List<Resource> wanted = members.stream()
                    .map(this::resource)
                    .filter(request.filter()::matches)
                    .toList();
            return new Answer.Found<>(new Listing(wanted, clock.millis(), "", -1));
        });
    }

    private Resource resource(ClusterMember member) {
        String uid = UUID.nameUUIDFromBytes(member.name().getBytes(StandardCharsets.UTF_8))
                .toString();
        long version = clock.millis();
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("kind", KIND.kind());
        object.put("apiVersion", KIND.apiVersion());
        ObjectNode metadata = object.putObject("metadata");
        metadata.put("name", member.name());
        metadata.put("uid", uid);
        metadata.put("resourceVersion", Long.toString(version));
        member.addresses().forEach(object.putObject("spec").putArray("addresses")::add);
        ObjectNode status = object.putObject("status");
        status.put("state", member.state());
        status.put("self", member.self());
        status.put("recordsBehind", member.recordsBehind());
        status.put("freshness", member.freshness());
        status.put("stalenessSeconds", member.staleness().toMillis() / 1000.0);
        status.put("clockOff", member.clockOff());
        Duration clockOffset = member.clockOffset();
        if (clockOffset != null) {
            status.put("clockOffsetSeconds", clockOffset.toMillis() / 1000.0);
        }
        Duration roundTrip = member.roundTrip();
        if (roundTrip != null) {
            status.put("roundTrip", milliseconds(roundTrip));
        }
        Instant lastExchange = member.lastExchange();
        if (lastExchange != null) {
            status.put("lastExchange", lastExchange.toString());
        }
        ResourceKey key = new ResourceKey(KIND.type(), "", member.name());
        return new Resource(key, uid, version, Map.of(), JsonBytes.of(object));
    }

    private static String milliseconds(Duration duration) {
        return Math.round(duration.toNanos() / 10_000.0) / 100.0 + "ms";
    }

    /** With the seconds since its last progress where that is not what it should be. */
    private static Object freshness(JsonNode object, Instant now) {
        String freshness = object.at("/status/freshness").asText();
        String clock = object.at("/status/clockOff").asBoolean() ? ", clock off" : "";
        return freshness.equals("Fresh")
                ? freshness + clock
                : freshness + " "
                        + Math.round(object.at("/status/stalenessSeconds").asDouble()) + "s" + clock;
    }

    private static Object lastExchange(JsonNode object, Instant now) {
        if (object.at("/status/self").asBoolean()) {
            return "<self>";
        }
        try {
            Duration ago = Duration.between(
                    Instant.parse(object.at("/status/lastExchange").asText()), now);
            return (ago.isNegative() ? 0 : ago.toSeconds()) + "s";
        } catch (DateTimeParseException e) {
            return "<never>";
        }
    }

    private static String orNone(JsonNode value) {
        return value.isMissingNode() ? "<none>" : value.asText();
    }

    private static Column column(String name, String type, String format, Column.Cell cell) {
        return new Column(name, type, format, name, 0, cell);
    }
}
