package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import dev.weft.registry.resource.SchemaType.Leaf;
import io.fabric8.kubernetes.api.model.AnyType;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.runtime.RawExtension;
import java.lang.reflect.RecordComponent;
import java.time.ZonedDateTime;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Turns model classes into structures through Jackson's view of them; each class once. */
final class SchemaReader {
    private static final Set<String> TIMES = Set.of(
            "creationTimestamp",
            "deletionTimestamp",
            "lastTransitionTime",
            "lastProbeTime",
            "lastUpdateTime",
            "lastHeartbeatTime",
            "firstTimestamp",
            "lastTimestamp",
            "startTime",
            "startedAt",
            "finishedAt",
            "completionTime",
            "lastScheduleTime",
            "lastSuccessfulTime",
            "timeAdded",
            "time");

    private final ObjectMapper mapper = new ObjectMapper();
    private final Map<Class<?>, SchemaType.Structure> known = new ConcurrentHashMap<>();
    private final Map<Class<?>, Map<String, SchemaType>> fields = new ConcurrentHashMap<>();

    SchemaType.Structure read(Class<?> model) {
        return known.computeIfAbsent(
                model, any -> new SchemaType.Structure(any.getSimpleName(), any, () -> fieldsOf(any)));
    }

    private Map<String, SchemaType> fieldsOf(Class<?> model) {
        Map<String, SchemaType> there = fields.get(model);
        if (there != null) {
            return there;
        }
        Map<String, SchemaType> read = new TreeMap<>();
        if (model.isRecord()) {
            for (RecordComponent component : model.getRecordComponents()) {
                read.put(
                        component.getName(),
                        typeOf(component.getName(), mapper.constructType(component.getGenericType())));
            }
        } else {
            JavaType type = mapper.constructType(model);
            for (BeanPropertyDefinition property :
                    mapper.getDeserializationConfig().introspect(type).findProperties()) {
                read.put(property.getName(), typeOf(property.getName(), property.getPrimaryType()));
            }
        }
        Map<String, SchemaType> fixed = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(read));
        fields.put(model, fixed);
        return fixed;
    }

    private SchemaType typeOf(String name, JavaType type) {
        Class<?> raw = type.getRawClass();
        if (type.isMapLikeType()) {
            return new SchemaType.MapOf(typeOf("", type.getContentType()));
        }
        if (type.isCollectionLikeType() || type.isArrayType() || Collection.class.isAssignableFrom(raw)) {
            return new SchemaType.ListOf(typeOf("", type.getContentType()));
        }
        if (raw == String.class) {
            return TIMES.contains(name) ? Leaf.TIME : Leaf.STRING;
        }
        if (raw == Integer.class || raw == int.class) {
            return Leaf.INT32;
        }
        if (raw == Long.class || raw == long.class) {
            return Leaf.INT64;
        }
        if (raw == Boolean.class || raw == boolean.class) {
            return Leaf.BOOLEAN;
        }
        if (Number.class.isAssignableFrom(raw) || raw == double.class || raw == float.class) {
            return Leaf.NUMBER;
        }
        return special(raw);
    }

    private SchemaType special(Class<?> raw) {
        if (raw == IntOrString.class) {
            return Leaf.INT_OR_STRING;
        }
        if (raw == Quantity.class) {
            return Leaf.QUANTITY;
        }
        if (raw == MicroTime.class || raw == ZonedDateTime.class) {
            return Leaf.MICRO_TIME;
        }
        if (raw.isEnum()) {
            return Leaf.STRING;
        }
        boolean open = raw == Object.class
                || raw == RawExtension.class
                || raw == FieldsV1.class
                || AnyType.class.isAssignableFrom(raw)
                || JsonNode.class.isAssignableFrom(raw)
                || raw.isInterface();
        return open ? Leaf.ANY : read(raw);
    }
}
