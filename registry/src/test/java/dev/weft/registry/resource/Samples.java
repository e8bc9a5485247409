package dev.weft.registry.resource;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.Admission.Admitted;
import dev.weft.registry.resource.Write.FieldValidation;
import dev.weft.registry.resource.Write.Options;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Small objects in JSON with single quotes, and short ways through admission. */
public final class Samples {
    public static final NetworkRanges RANGES = new NetworkRanges(
            List.of(Cidr.of("127.96.0.0/16")), List.of(Cidr.of("127.112.0.0/16")), PortRange.KUBERNETES_NODE_PORTS);
    public static final NetworkRanges DUAL = new NetworkRanges(
            List.of(Cidr.of("10.96.0.0/16"), Cidr.of("fd00:96::/112")), List.of(), PortRange.KUBERNETES_NODE_PORTS);
    public static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
    public static final String SERVICE =
            "{'apiVersion':'v1','kind':'Service','metadata':{'name':'web'},'spec':{'selector':{'app':'web'},'ports':[{'port':80}]}}";
    public static final String POD =
            "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p1'},'spec':{'containers':[{'name':'c','image':'nginx'}]}}";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Samples() {}

    public static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    public static ObjectNode object(String text) {
        return (ObjectNode) json(text);
    }

    public static ResourceKey key(String group, String plural, String namespace, String name) {
        return new ResourceKey(new ResourceType(group, plural), namespace, name);
    }

    public static ResourceKey key(KindCatalog kinds, JsonNode object) {
        ResourceKind kind = kinds.all().stream()
                .filter(each -> each.kind().equals(object.path("kind").asText()))
                .findFirst()
                .orElseThrow();
        return new ResourceKey(
                kind.type(),
                kind.namespaced() ? "default" : "",
                object.path("metadata").path("name").asText());
    }

    public static Options validating(FieldValidation validation) {
        return new Options(false, "test", validation);
    }

    public static Identity identity() {
        return new Identity("uid-1", NOW, new Random(7));
    }

    public static Admitted admit(NetworkRanges ranges, String text) {
        return admit(ranges, text, FieldValidation.STRICT);
    }

    public static Admitted admit(NetworkRanges ranges, String text, FieldValidation validation) {
        KindCatalog kinds = StandardKinds.catalog(ranges);
        JsonBytes bytes = JsonBytes.ofUtf8(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        return new Admission(kinds)
                .create(new Write.Create(key(kinds, json(text)), bytes, validating(validation)), identity());
    }

    public static ObjectNode accepted(Admitted admitted) {
        if (admitted instanceof Admitted.Accepted accepted) {
            return accepted.object();
        }
        throw new AssertionError(((Admitted.Refused) admitted).refusal().message());
    }

    public static Refusal refused(Admitted admitted) {
        if (admitted instanceof Admitted.Refused refused) {
            return refused.refusal();
        }
        throw new AssertionError("accepted: " + ((Admitted.Accepted) admitted).object());
    }

    /** As it would be stored, with version 5. */
    public static Resource stored(KindCatalog kinds, ObjectNode object) {
        ObjectNode copy = object.deepCopy();
        ((ObjectNode) copy.path("metadata")).put("resourceVersion", "5");
        ResourceKey key =
                key(kinds, copy).withName(copy.path("metadata").path("name").asText());
        return new Resource(key, copy.path("metadata").path("uid").asText(), 5, Map.of(), JsonBytes.of(copy));
    }

    public static Resource stored(ObjectNode object) {
        return stored(StandardKinds.catalog(RANGES), object);
    }

    public static Admitted update(NetworkRanges ranges, ObjectNode present, ObjectNode next, String subresource) {
        KindCatalog kinds = StandardKinds.catalog(ranges);
        Resource stored = stored(kinds, present);
        return new Admission(kinds)
                .update(
                        stored,
                        new Write.Update(
                                stored.key(), subresource, JsonBytes.of(next), validating(FieldValidation.STRICT)),
                        NOW);
    }

    public static Admitted patch(ObjectNode present, Write.PatchType type, String subresource, String patch) {
        KindCatalog kinds = StandardKinds.catalog(RANGES);
        Resource stored = stored(kinds, present);
        return new Admission(kinds)
                .patch(
                        stored,
                        new Write.Patch(
                                stored.key(),
                                subresource,
                                type,
                                new Write.PatchBody(json(patch), false),
                                validating(FieldValidation.STRICT)),
                        NOW);
    }
}
