package dev.weft.registry.resource.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.apply.Owner.Operation;
import dev.weft.registry.resource.apply.Ownership.Share;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The JSON form of an ownership: {@code metadata.managedFields}. */
public final class ManagedFields {
    private static final String FIELDS_TYPE = "FieldsV1";

    private ManagedFields() {}

    /** Writes the entries: appliers first, then by time and name, as Kubernetes orders them. */
    public static ArrayNode write(Ownership ownership) {
        List<Map.Entry<Owner, Share>> entries =
                new ArrayList<>(ownership.shares().entrySet());
        entries.sort(Comparator.<Map.Entry<Owner, Share>, Operation>comparing(
                        entry -> entry.getKey().operation())
                .thenComparing(entry -> entry.getValue().time())
                .thenComparing(Map.Entry::getKey));
        ArrayNode json = JsonNodeFactory.instance.arrayNode();
        entries.forEach(entry -> json.add(entry(entry.getKey(), entry.getValue())));
        return json;
    }

    private static ObjectNode entry(Owner owner, Share share) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("manager", owner.manager());
        json.put("operation", owner.operation().name());
        json.put("apiVersion", share.apiVersion());
        if (!share.time().isEmpty()) {
            json.put("time", share.time());
        }
        json.put("fieldsType", FIELDS_TYPE);
        json.set("fieldsV1", FieldsV1.write(share.fields()));
        if (!owner.subresource().isEmpty()) {
            json.put("subresource", owner.subresource());
        }
        return json;
    }

    /** Whether a writer asks to forget all owners: one entry with nothing in it. */
    public static boolean isReset(JsonNode json) {
        return json.size() == 1 && json.path(0).isObject() && json.path(0).isEmpty();
    }

    /** Reads the entries; empty if one of them cannot be read. */
    public static Optional<Ownership> read(JsonNode json) {
        SortedMap<Owner, Share> shares = new TreeMap<>();
        for (JsonNode entry : json) {
            Optional<Operation> operation = operation(entry.path("operation").asText());
            JsonNode set = entry.path("fieldsV1");
            Optional<FieldSet> fields =
                    set.isMissingNode() || set.isNull() ? Optional.of(FieldSet.EMPTY) : FieldsV1.read(set);
            if (operation.isEmpty()
                    || fields.isEmpty()
                    || !entry.path("fieldsType").asText(FIELDS_TYPE).equals(FIELDS_TYPE)) {
                return Optional.empty();
            }
            if (!fields.get().isEmpty()) {
                String apiVersion = entry.path("apiVersion").asText("");
                Owner owner = new Owner(
                        entry.path("manager").asText(""),
                        operation.get(),
                        operation.get() == Operation.Apply ? "" : apiVersion,
                        entry.path("subresource").asText(""));
                shares.put(owner, new Share(apiVersion, entry.path("time").asText(""), fields.get()));
            }
        }
        return Optional.of(new Ownership(shares));
    }

    private static Optional<Operation> operation(String name) {
        return switch (name) {
            case "Apply" -> Optional.of(Operation.Apply);
            case "Update" -> Optional.of(Operation.Update);
            default -> Optional.empty();
        };
    }
}
