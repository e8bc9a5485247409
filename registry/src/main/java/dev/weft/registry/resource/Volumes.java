package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The volumes of a Pod: only declared here, for whoever runs the Pod. */
final class Volumes {
    /** Who may read a file is said in decimal: 0644. */
    private static final int FILE_MODE = 420;

    private Volumes() {}

    static void applyDefaults(JsonNode spec) {
        for (JsonNode each : spec.path("volumes")) {
            if (each instanceof ObjectNode volume) {
                if (volume.isEmpty() || (volume.size() == 1 && volume.has("name"))) {
                    volume.putObject("emptyDir");
                }
                for (String source : List.of("secret", "configMap", "downwardAPI", "projected")) {
                    if (volume.get(source) instanceof ObjectNode files) {
                        Trees.putDefault(files, "defaultMode", FILE_MODE);
                    }
                }
            }
        }
    }

    /**
     * Checks their names, and that each is of one type.
     *
     * @param path of the Pod's spec
     * @return the names
     */
    static Set<String> validate(JsonNode spec, String path, List<FieldError> faults) {
        JsonNode volumes = Trees.at(spec, "volumes");
        Set<String> names = new HashSet<>();
        for (int i = 0; i < volumes.size(); i++) {
            String name = Trees.text(volumes.get(i), "name");
            String at = path + ".volumes[" + i + "].name";
            if (name.isEmpty()) {
                faults.add(FieldError.required(at, ""));
            } else {
                Names.dnsLabel(name).forEach(why -> faults.add(FieldError.invalid(at, name, why)));
                if (!names.add(name)) {
                    faults.add(FieldError.duplicate(at, name));
                }
            }
            oneType(volumes.get(i), path + ".volumes[" + i + "].", faults);
        }
        return names;
    }

    private static void oneType(JsonNode volume, String path, List<FieldError> faults) {
        boolean found = false;
        for (String field : (Iterable<String>) volume::fieldNames) {
            if (!field.equals("name") && Trees.has(volume, field)) {
                if (found) {
                    faults.add(FieldError.forbidden(path + field, "may not specify more than 1 volume type"));
                }
                found = true;
            }
        }
    }
}
