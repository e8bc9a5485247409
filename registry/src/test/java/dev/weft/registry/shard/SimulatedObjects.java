package dev.weft.registry.shard;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.resource.Write;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** What simulated writers write: objects that are told apart by a number in an annotation. */
final class SimulatedObjects {
    /** Kinds that are written; what is derived from them is watched as well. */
    static final List<String> PLURALS = List.of("configmaps", "configmaps", "services", "pods");

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private SimulatedObjects() {}

    static ResourceKey key(String plural, String namespace, String name) {
        return new ResourceKey(new ResourceType("", plural), namespace, name);
    }

    /** How an object is called in a history. */
    static String name(ResourceKey key) {
        return key.type().plural() + "/" + key.namespace() + "/" + key.name();
    }

    static ObjectNode body(ResourceKey key, int content, Random random) {
        ObjectNode object = JSON.objectNode();
        String plural = key.type().plural();
        object.put("apiVersion", "v1")
                .put("kind", plural.equals("configmaps") ? "ConfigMap" : plural.equals("pods") ? "Pod" : "Service");
        ObjectNode metadata = object.putObject("metadata");
        metadata.put("name", key.name()).put("namespace", key.namespace());
        metadata.putObject("annotations").put(SimulatedWriter.NUMBER, Integer.toString(content));
        if (plural.equals("pods")) {
            metadata.putObject("labels").put("app", "web" + random.nextInt(2));
            ArrayNode containers = object.putObject("spec").putArray("containers");
            containers.addObject().put("name", "c").put("image", "i");
        } else if (plural.equals("services")) {
            ObjectNode spec = object.putObject("spec");
            spec.putObject("selector").put("app", "web" + random.nextInt(2));
            spec.putArray("ports").addObject().put("port", 80);
            if (random.nextInt(3) == 0) {
                spec.put("type", "NodePort");
            }
            int wish = Math.floorMod(key.name().hashCode(), 80);
            if (wish < 40) {
                // The same again for one that comes back, and for few others.
                spec.put("clusterIP", "127.96.0." + (1 + wish));
            }
        }
        return object;
    }

    /** What changes an object of a version, as a merge patch. */
    static ObjectNode change(ResourceKey key, long version, int content, Random random) {
        ObjectNode patch = JSON.objectNode();
        ObjectNode metadata = patch.putObject("metadata").put("resourceVersion", Long.toString(version));
        metadata.putObject("annotations").put(SimulatedWriter.NUMBER, Integer.toString(content));
        if (key.type().plural().equals("pods") && random.nextBoolean()) {
            metadata.putObject("labels").put("app", "web" + random.nextInt(2));
        }
        if (key.type().plural().equals("services") && random.nextInt(3) == 0) {
            patch.putObject("spec").put("type", random.nextBoolean() ? "NodePort" : "ClusterIP");
        }
        return patch;
    }

    /** A deletion of what has a version still, at once. */
    static Write.Deletion deletionOf(long version) {
        return new Write.Deletion(
                Optional.empty(), Optional.of(Long.toString(version)), Optional.empty(), Optional.of(0));
    }
}
