package dev.weft.api.body;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.weft.api.body.JsonReading.Malformed;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Kubernetes protobuf messages as Kubernetes JSON, by their descriptors: the field names are the JSON names already, a few
 * messages stand for plain values, and a few fields are written in line.
 *
 * <p>Go writes the zero of every field that is not a pointer, so a zero on the wire means "not set", save for the fields
 * that are pointers in Go. The descriptors do not tell them apart; {@link #ZERO_COUNTS} names the pointers.
 */
final class ProtobufJson {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    /** The few fields that messages and JSON call differently. */
    private static final Map<String, String> OTHER_NAMES = Map.of("uID", "uid", "aPIGroup", "apiGroup");

    private static final Set<String> ZERO_COUNTS = Set.of(
            "activeDeadlineSeconds",
            "allocateLoadBalancerNodePorts",
            "allowPrivilegeEscalation",
            "apiGroup",
            "automountServiceAccountToken",
            "averageUtilization",
            "backoffLimit",
            "blockOwnerDeletion",
            "completions",
            "controller",
            "defaultMode",
            "deletionGracePeriodSeconds",
            "enableServiceLinks",
            "endPort",
            "expirationSeconds",
            "failedJobsHistoryLimit",
            "fsGroup",
            "gracePeriodSeconds",
            "hostnameOverride",
            "hostUsers",
            "immutable",
            "leaseDurationSeconds",
            "leaseTransitions",
            "manualSelector",
            "minReplicas",
            "mode",
            "optional",
            "orphanDependents",
            "parallelism",
            "partition",
            "priority",
            "privileged",
            "readOnlyRootFilesystem",
            "ready",
            "replicas",
            "revisionHistoryLimit",
            "runAsGroup",
            "runAsNonRoot",
            "runAsUser",
            "serving",
            "setHostnameAsFQDN",
            "shareProcessNamespace",
            "startingDeadlineSeconds",
            "storageClassName",
            "successfulJobsHistoryLimit",
            "suspend",
            "terminating",
            "terminationGracePeriodSeconds",
            "timeoutSeconds",
            "tolerationSeconds",
            "ttlSecondsAfterFinished");

    /** Of messages that Go embeds, the fields stand in the message around them. */
    private static final Set<String> IN_LINE = Set.of(
            "volumeSource",
            "persistentVolumeSource",
            "handler",
            "ingressRuleValue",
            "ephemeralContainerCommon",
            "localObjectReference",
            "rule");

    private final JsonReading reading;

    ProtobufJson(JsonReading reading) {
        this.reading = reading;
    }

    ObjectNode object(Message message) throws Malformed {
        ObjectNode object = NODES.objectNode();
        for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
            put(object, entry.getKey(), entry.getValue());
        }
        return object;
    }

    private void put(ObjectNode object, FieldDescriptor field, Object value) throws Malformed {
        if (field.isMapField()) {
            object.set(name(field), map((List<?>) value));
        } else if (field.isRepeated()) {
            ArrayNode array = object.putArray(name(field));
            for (Object item : (List<?>) value) {
                JsonNode node = node(item);
                array.add(node == null ? NODES.nullNode() : node);
            }
        } else if (value instanceof Message embedded && isInLine(field)) {
            object.setAll(object(embedded));
        } else if (!isUnset(field, value)) {
            JsonNode node = node(value);
            if (node != null) {
                object.set(name(field), node);
            }
        }
    }

    /** What JSON calls a field. */
    static String name(FieldDescriptor field) {
        String name = field.getName();
        return OTHER_NAMES.getOrDefault(name, name);
    }

    /** Whether the parts of a field stand where it stands itself. */
    static boolean isInLine(FieldDescriptor field) {
        return IN_LINE.contains(field.getName());
    }

    private ObjectNode map(List<?> entries) throws Malformed {
        ObjectNode map = NODES.objectNode();
        for (Object item : entries) {
            Message entry = (Message) item;
            FieldDescriptor key = entry.getDescriptorForType().findFieldByNumber(1);
            FieldDescriptor value = entry.getDescriptorForType().findFieldByNumber(2);
            JsonNode node = node(entry.getField(value));
            map.set(String.valueOf(entry.getField(key)), node == null ? NODES.nullNode() : node);
        }
        return map;
    }

    private static boolean isUnset(FieldDescriptor field, Object value) {
        boolean zero = (value instanceof String text && text.isEmpty())
                || (value instanceof Boolean flag && !flag)
                || (value instanceof Integer number && number == 0)
                || (value instanceof Long number && number == 0)
                || (value instanceof ByteString bytes && bytes.isEmpty());
        if (!zero) {
            return false;
        }
        String owner = field.getContainingType().getName();
        boolean portOfSlice = owner.equals("EndpointPort")
                && field.getContainingType().getFile().getPackage().contains("discovery");
        return !(portOfSlice || (ZERO_COUNTS.contains(name(field)) && !isPlain(owner, name(field))));
    }

    /** Fields that share their name with a pointer and are none. */
    private static boolean isPlain(String owner, String field) {
        return switch (field) {
            case "timeoutSeconds" -> owner.equals("Probe");
            case "ready" -> owner.equals("ContainerStatus");
            case "replicas" -> owner.endsWith("Status") && !owner.equals("ScaleStatus");
            default -> false;
        };
    }

    /** The JSON of a value; null where Go would write null, which means "not set". */
    private @Nullable JsonNode node(Object value) throws Malformed {
        if (value instanceof Message message) {
            return message(message);
        }
        if (value instanceof String text) {
            return NODES.textNode(text);
        }
        if (value instanceof Boolean flag) {
            return NODES.booleanNode(flag);
        }
        if (value instanceof Integer number) {
            return NODES.numberNode(number);
        }
        if (value instanceof Long number) {
            return NODES.numberNode(number);
        }
        if (value instanceof Double number) {
            return NODES.numberNode(number);
        }
        if (value instanceof Float number) {
            return NODES.numberNode(number);
        }
        if (value instanceof ByteString bytes) {
            return NODES.binaryNode(bytes.toByteArray());
        }
        if (value instanceof EnumValueDescriptor constant) {
            return NODES.textNode(constant.getName());
        }
        throw new Malformed("a value of type " + value.getClass().getSimpleName());
    }

    private @Nullable JsonNode message(Message message) throws Malformed {
        return switch (message.getDescriptorForType().getFullName()) {
            case "k8s.io.apimachinery.pkg.api.resource.Quantity" ->
                NODES.textNode(String.valueOf(field(message, "string")));
            case "k8s.io.apimachinery.pkg.util.intstr.IntOrString" -> intOrString(message);
            case "k8s.io.apimachinery.pkg.apis.meta.v1.Time" -> time(message, false);
            case "k8s.io.apimachinery.pkg.apis.meta.v1.MicroTime" -> time(message, true);
            case "k8s.io.apimachinery.pkg.apis.meta.v1.FieldsV1" -> json((ByteString) field(message, "Raw"));
            case "k8s.io.apimachinery.pkg.runtime.RawExtension" -> json((ByteString) field(message, "raw"));
            default -> wraps(message) ? items(message) : object(message);
        };
    }

    /** Lists that are a message of their own because they are values of a map, such as {@code ExtraValue}. */
    private static boolean wraps(Message message) {
        List<FieldDescriptor> fields = message.getDescriptorForType().getFields();
        return fields.size() == 1
                && fields.get(0).getName().equals("items")
                && fields.get(0).getJavaType() == FieldDescriptor.JavaType.STRING;
    }

    private ArrayNode items(Message message) {
        ArrayNode array = NODES.arrayNode();
        ((List<?>) field(message, "items")).forEach(item -> array.add(String.valueOf(item)));
        return array;
    }

    private static Object field(Message message, String name) {
        return message.getField(message.getDescriptorForType().findFieldByName(name));
    }

    private static JsonNode intOrString(Message message) {
        boolean text = ((Number) field(message, "type")).longValue() == 1;
        return text
                ? NODES.textNode(String.valueOf(field(message, "strVal")))
                : NODES.numberNode(((Number) field(message, "intVal")).intValue());
    }

    private static @Nullable JsonNode time(Message message, boolean micros) throws Malformed {
        FieldDescriptor seconds = message.getDescriptorForType().findFieldByName("seconds");
        if (!message.hasField(seconds)) {
            return null;
        }
        try {
            long nanos = ((Number) field(message, "nanos")).longValue();
            Instant time = Instant.ofEpochSecond((Long) message.getField(seconds), micros ? nanos : 0);
            return NODES.textNode(micros ? MICROS.format(time) : time.toString());
        } catch (DateTimeException | ArithmeticException e) {
            throw new Malformed("a time beyond all years");
        }
    }

    private @Nullable JsonNode json(ByteString raw) throws Malformed {
        return raw.isEmpty() ? null : reading.read(raw.toByteArray());
    }
}
