package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.weft.registry.resource.SchemaType.ListOf;
import dev.weft.registry.resource.SchemaType.MapOf;
import dev.weft.registry.resource.SchemaType.Structure;
import dev.weft.registry.resource.apply.FieldType;
import dev.weft.registry.resource.apply.FieldType.KeyedList;
import dev.weft.registry.resource.apply.FieldType.Leaf;
import dev.weft.registry.resource.apply.FieldType.ListKey;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How far the fields of a kind can be owned in parts, written down from the {@code x-kubernetes-list-type}, {@code
 * x-kubernetes-list-map-keys} and {@code x-kubernetes-map-type} of Kubernetes' OpenAPI. A list that it does not mention is
 * owned as a whole; a structure or map that it does not mention, field by field. Safe for many threads.
 */
public final class FieldTypes {
    private static final ListKey PROTOCOL = new ListKey("protocol", JsonNodeFactory.instance.textNode("TCP"));

    /** By structure and field, the fields that tell the elements of a list apart. */
    private static final Map<String, List<ListKey>> KEYED = Map.ofEntries(
            keyed("ObjectMeta.ownerReferences", "uid"),
            Map.entry("ServiceSpec.ports", List.of(key("port"), PROTOCOL)),
            keyed("PodSpec.containers", "name"),
            keyed("PodSpec.initContainers", "name"),
            keyed("PodSpec.ephemeralContainers", "name"),
            keyed("PodSpec.volumes", "name"),
            keyed("PodSpec.imagePullSecrets", "name"),
            keyed("PodSpec.hostAliases", "ip"),
            keyed("PodSpec.resourceClaims", "name"),
            keyed("PodSpec.schedulingGates", "name"),
            keyed("PodSpec.topologySpreadConstraints", "topologyKey", "whenUnsatisfiable"),
            Map.entry("Container.ports", List.of(key("containerPort"), PROTOCOL)),
            keyed("Container.env", "name"),
            keyed("Container.volumeMounts", "mountPath"),
            keyed("Container.volumeDevices", "devicePath"),
            Map.entry("EphemeralContainer.ports", List.of(key("containerPort"), PROTOCOL)),
            keyed("EphemeralContainer.env", "name"),
            keyed("EphemeralContainer.volumeMounts", "mountPath"),
            keyed("EphemeralContainer.volumeDevices", "devicePath"),
            keyed("ResourceRequirements.claims", "name"),
            keyed("ContainerStatus.volumeMounts", "mountPath"),
            keyed("ContainerStatus.allocatedResourcesStatus", "name"),
            keyed("PodStatus.podIPs", "ip"),
            keyed("PodStatus.resourceClaimStatuses", "name"),
            keyed("NodeStatus.addresses", "type"),
            keyed("ServiceAccount.secrets", "name"),
            keyed("Status.clusters", "cluster"));

    private static final Set<String> SETS = Set.of("ObjectMeta.finalizers", "NodeSpec.podCIDRs", "Endpoint.addresses");

    /** Statuses whose conditions are, for historical reasons, one value. */
    private static final Set<String> WHOLE_CONDITIONS = Set.of("JobStatus");

    /** Structures that mean something only as a whole. */
    private static final Set<String> WHOLE_STRUCTURES = Set.of(
            "LabelSelector",
            "LocalObjectReference",
            "OwnerReference",
            "NodeSelector",
            "NodeSelectorTerm",
            "ObjectReference",
            "TypedLocalObjectReference",
            "SecretReference",
            "SecretKeySelector",
            "ConfigMapKeySelector",
            "ObjectFieldSelector",
            "ResourceFieldSelector",
            "FileKeySelector",
            "ServiceBackendPort",
            "EndpointAddress",
            "EndpointPort",
            "RoleRef",
            "Subject");

    /** Maps of which the same is true. */
    private static final Set<String> WHOLE_MAPS = Set.of("ServiceSpec.selector", "PodSpec.nodeSelector");

    private final Map<Structure, FieldType> known = new ConcurrentHashMap<>();
    private final Map<Structure, Map<String, FieldType>> fields = new ConcurrentHashMap<>();

    FieldTypes() {}

    /** The fields that tell the elements of a list apart; empty if it is none of such. */
    public static List<String> listKeys(String structure, String field) {
        return keys(structure, field).stream().map(ListKey::name).toList();
    }

    /** Whether a list is a set of its elements. */
    public static boolean isSet(String structure, String field) {
        return SETS.contains(structure + "." + field);
    }

    private static Map.Entry<String, List<ListKey>> keyed(String place, String... names) {
        return Map.entry(place, Arrays.stream(names).map(FieldTypes::key).toList());
    }

    private static ListKey key(String name) {
        return new ListKey(name, null);
    }

    /** The type of a kind's whole objects. */
    FieldType of(Schema schema) {
        return structure(schema.root());
    }

    private FieldType structure(Structure structure) {
        return known.computeIfAbsent(
                structure,
                any -> WHOLE_STRUCTURES.contains(any.name())
                        ? Leaf.ATOMIC
                        : new FieldType.Structure(() -> fieldsOf(any)));
    }

    /** Read when they are first asked for, since a structure may contain itself. */
    private Map<String, FieldType> fieldsOf(Structure structure) {
        Map<String, FieldType> there = fields.get(structure);
        if (there != null) {
            return there;
        }
        Map<String, FieldType> read = new HashMap<>();
        structure.fields().forEach((name, type) -> read.put(name, field(structure.name(), name, type)));
        Map<String, FieldType> fixed = Map.copyOf(read);
        fields.put(structure, fixed);
        return fixed;
    }

    private FieldType field(String owner, String name, SchemaType type) {
        String place = owner + "." + name;
        if (type instanceof Structure structure) {
            return structure(structure);
        }
        if (type instanceof MapOf map) {
            return WHOLE_MAPS.contains(place) ? Leaf.ATOMIC : new FieldType.MapOf(field(place, "", map.value()));
        }
        if (type instanceof ListOf list) {
            List<ListKey> keys = keys(owner, name);
            if (!keys.isEmpty() && list.element() instanceof Structure element) {
                return new KeyedList(keys, structure(element));
            }
            return SETS.contains(place) ? Leaf.SET : Leaf.ATOMIC;
        }
        return Leaf.ATOMIC;
    }

    private static List<ListKey> keys(String owner, String name) {
        boolean conditions = name.equals("conditions") && owner.endsWith("Status") && !WHOLE_CONDITIONS.contains(owner);
        return conditions ? List.of(key("type")) : KEYED.getOrDefault(owner + "." + name, List.of());
    }
}
