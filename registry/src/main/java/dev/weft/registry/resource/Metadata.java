package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** What every object has in {@code metadata}: who may write which part of it, and what must hold. */
final class Metadata {
    /** The letters of generated names: no vowels, no look-alikes. */
    private static final String NAME_LETTERS = "bcdfghjklmnpqrstvwxz2456789";

    private static final int GENERATED_LETTERS = 5;
    private static final int LONGEST_GENERATED = 63;
    private static final int MOST_ANNOTATION_BYTES = 256 * 1024;

    /** Those that mean something to Kubernetes itself; all others say whose they are. */
    private static final Set<String> STANDARD_FINALIZERS = Set.of("kubernetes", "orphan", "foregroundDeletion");

    /** What only the server writes. */
    private static final List<String> SERVER_OWNED =
            List.of("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation");

    private Metadata() {}

    static ObjectNode of(ObjectNode object) {
        return Trees.object(object, "metadata");
    }

    /** Finds the key of a new object and writes it into the object; makes a name where one is asked for. */
    static Parsed<ResourceKey> place(ResourceKey asked, ObjectNode object, RandomGenerator random) {
        ObjectNode metadata = of(object);
        Parsed<ResourceKey> inNamespace = checkNamespace(asked, metadata);
        String name = Trees.text(metadata, "name");
        if (!asked.name().isEmpty()) {
            if (!name.isEmpty() && !name.equals(asked.name())) {
                return Parsed.invalid(otherName(asked, name));
            }
            name = asked.name();
        }
        String start = Trees.text(metadata, "generateName");
        if (name.isEmpty() && !start.isEmpty()) {
            name = generate(start, random);
        }
        String chosen = name;
        metadata.put("name", chosen);
        return inNamespace.then(key -> Parsed.valid(key.withName(chosen)));
    }

    private static String generate(String start, RandomGenerator random) {
        StringBuilder name =
                new StringBuilder(start.substring(0, Math.min(start.length(), LONGEST_GENERATED - GENERATED_LETTERS)));
        for (int i = 0; i < GENERATED_LETTERS; i++) {
            name.append(NAME_LETTERS.charAt(random.nextInt(NAME_LETTERS.length())));
        }
        return name.toString();
    }

    private static Parsed<ResourceKey> checkNamespace(ResourceKey asked, ObjectNode metadata) {
        String namespace = Trees.text(metadata, "namespace");
        if (!namespace.isEmpty() && !namespace.equals(asked.namespace())) {
            return Parsed.invalid(Refusal.badRequest(
                    "the namespace of the provided object does not match the namespace sent on the request"));
        }
        if (asked.namespace().isEmpty()) {
            metadata.remove("namespace");
        } else {
            metadata.put("namespace", asked.namespace());
        }
        return Parsed.valid(asked);
    }

    /** Holds that an object which is to replace another says its name, as Kubernetes demands. */
    static Parsed<JsonNode> named(ResourceKey key, JsonNode object) {
        return Trees.present(object, "metadata", "name")
                ? Parsed.valid(object)
                : Parsed.invalid(Refusal.badRequest("the name of the object (" + key.name()
                        + " based on URL) was undeterminable: name must be provided"));
    }

    private static Refusal otherName(ResourceKey asked, String name) {
        return Refusal.badRequest(
                "the name of the object (" + name + ") does not match the name on the URL (" + asked.name() + ")");
    }

    /** Gives a new object what the server owns. */
    static void born(ObjectNode object, ResourceKind kind, Identity identity) {
        ObjectNode metadata = of(object);
        metadata.remove(SERVER_OWNED);
        metadata.remove(List.of("selfLink", "managedFields", "resourceVersion"));
        dropEmpty(metadata);
        metadata.put("uid", identity.uid());
        metadata.put("creationTimestamp", Times.show(identity.now()));
        if (kind.rules().countsGenerations()) {
            metadata.put("generation", 1);
        }
    }

    /** Holds a changed object's name, uid and version against the present one. */
    static Parsed<ResourceKey> stay(ResourceKey key, Resource present, ObjectNode next) {
        ObjectNode metadata = of(next);
        String name = Trees.text(metadata, "name");
        if (!name.isEmpty() && !name.equals(key.name())) {
            return Parsed.invalid(otherName(key, name));
        }
        metadata.put("name", key.name());
        String uid = Trees.text(metadata, "uid");
        if (!uid.isEmpty() && !uid.equals(present.uid())) {
            return Parsed.invalid(Refusal.conflict(
                    key,
                    "Precondition failed: UID in precondition: " + uid + ", UID in object meta: " + present.uid()));
        }
        String version = Trees.text(metadata, "resourceVersion");
        if (!version.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Parsed.invalid(Refusal.badRequest("metadata.resourceVersion: Invalid value: \"" + version
                    + "\": strconv.ParseUint: parsing \"" + version + "\": invalid syntax"));
        }
        if (!version.isEmpty() && !version.equals("0") && !version.equals(Long.toString(present.version()))) {
            return Parsed.invalid(Refusal.conflict(
                    key,
                    "the object has been modified; please apply your changes to the latest version and try again"));
        }
        return checkNamespace(key, metadata);
    }

    /** Puts back what only the server writes. */
    static void carryOver(ObjectNode next, ObjectNode before) {
        ObjectNode metadata = of(next);
        ObjectNode old = of(before);
        for (String field : SERVER_OWNED) {
            JsonNode value = old.get(field);
            // a grace period may be shortened, but only by a deletion, so it is the server's too
            if (value == null) {
                metadata.remove(field);
            } else {
                metadata.set(field, value);
            }
        }
        metadata.remove(List.of("selfLink", "managedFields"));
        dropEmpty(metadata);
        if (!Trees.present(metadata, "generateName") && Trees.present(old, "generateName")) {
            metadata.set("generateName", old.get("generateName"));
        }
    }

    /** Go leaves out what is empty, so a list whose last entry was taken away is not there. */
    private static void dropEmpty(ObjectNode metadata) {
        for (String field : List.of("annotations", "finalizers", "labels", "ownerReferences")) {
            JsonNode value = metadata.get(field);
            if (value != null && value.isContainerNode() && value.isEmpty()) {
                metadata.remove(field);
            }
        }
    }

    /** The present object with the status of another, and its labels and annotations where the kind says so. */
    static ObjectNode onlyStatus(ResourceKind kind, ObjectNode before, ObjectNode next) {
        ObjectNode object = before.deepCopy();
        JsonNode status = next.get("status");
        if (status == null) {
            object.remove("status");
        } else {
            object.set("status", status);
        }
        if (kind.rules().metadataFollowsStatus()) {
            for (String field : List.of("labels", "annotations", "finalizers")) {
                JsonNode value = of(next).get(field);
                if (value == null) {
                    of(object).remove(field);
                } else {
                    of(object).set(field, value);
                }
            }
        }
        return object;
    }

    /** A copy without its version, to compare contents. */
    static ObjectNode unversioned(ObjectNode object) {
        ObjectNode copy = object.deepCopy();
        of(copy).remove("resourceVersion");
        return copy;
    }

    static void countGeneration(ObjectNode next, ObjectNode before, ResourceKind kind) {
        if (!kind.rules().countsGenerations()) {
            return;
        }
        ObjectNode a = next.deepCopy();
        ObjectNode b = before.deepCopy();
        a.remove(List.of("metadata", "status"));
        b.remove(List.of("metadata", "status"));
        boolean metadata =
                kind.rules().metadataCounted().stream().anyMatch(field -> !Trees.sameAt(of(next), of(before), field));
        if (metadata || !Trees.same(a, b)) {
            of(next).put("generation", Trees.at(of(before), "generation").asLong(0) + 1);
        }
    }

    /** Whether an object is marked for deletion and nothing keeps it any more. */
    static boolean released(JsonNode object) {
        JsonNode metadata = object.path("metadata");
        return Trees.present(metadata, "deletionTimestamp")
                && !Trees.present(metadata, "finalizers")
                && Trees.integer(metadata, 0, "deletionGracePeriodSeconds") == 0
                && !(Trees.text(object, "kind").equals("Namespace") && Trees.present(object, "spec", "finalizers"));
    }

    /** What is wrong with the metadata of a complete object. */
    static List<FieldError> validate(ObjectNode object, ResourceKind kind) {
        List<FieldError> faults = new FieldErrors();
        ObjectNode metadata = of(object);
        String name = Trees.text(metadata, "name");
        String generateName = Trees.text(metadata, "generateName");
        if (name.isEmpty()) {
            faults.add(FieldError.required("metadata.name", "name or generateName is required"));
        } else {
            kind.rules().validateName(name).forEach(why -> faults.add(FieldError.invalid("metadata.name", name, why)));
        }
        if (!generateName.isEmpty() && generateName.length() > 253) {
            faults.add(
                    FieldError.invalid("metadata.generateName", generateName, "must be no more than 253 characters"));
        }
        labels(metadata.path("labels"), "metadata.labels", faults);
        annotations(metadata.path("annotations"), "metadata.annotations", faults);
        finalizers(metadata.path("finalizers"), kind, faults);
        owners(metadata.path("ownerReferences"), faults);
        return faults;
    }

    /** Label keys and values, wherever they stand. */
    static void labels(JsonNode labels, String path, List<FieldError> faults) {
        labels.properties().forEach(entry -> {
            String key = entry.getKey();
            Names.qualifiedName(key).forEach(why -> FieldErrors.add(faults, () -> FieldError.invalid(path, key, why)));
            String value = entry.getValue().asText();
            Names.labelValue(value).forEach(why -> FieldErrors.add(faults, () -> FieldError.invalid(path, value, why)));
        });
    }

    /** Annotation keys, and how large all are together, wherever they stand. */
    static void annotations(JsonNode annotations, String path, List<FieldError> faults) {
        long bytes = 0;
        for (var entry : annotations.properties()) {
            // the rule for keys is that of labels, whatever the case of the letters
            Names.qualifiedName(entry.getKey().toLowerCase(java.util.Locale.ROOT))
                    .forEach(why -> faults.add(FieldError.invalid(path, entry.getKey(), why)));
            bytes += entry.getKey().getBytes(StandardCharsets.UTF_8).length;
            bytes += entry.getValue().asText().getBytes(StandardCharsets.UTF_8).length;
        }
        if (bytes > MOST_ANNOTATION_BYTES) {
            faults.add(new FieldError(
                    path,
                    FieldError.Reason.FieldValueTooLong,
                    "Too long: may not be more than " + MOST_ANNOTATION_BYTES + " bytes"));
        }
    }

    private static void finalizers(JsonNode finalizers, ResourceKind kind, List<FieldError> faults) {
        boolean orphan = false;
        boolean foreground = false;
        for (int i = 0; i < finalizers.size(); i++) {
            String name = finalizers.get(i).asText();
            Names.qualifiedName(name)
                    .forEach(
                            why -> FieldErrors.add(faults, () -> FieldError.invalid("metadata.finalizers", name, why)));
            if (!kind.custom()) {
                standardOrQualified(name, "metadata.finalizers[" + i + "]", faults);
            }
            orphan |= name.equals("orphan");
            foreground |= name.equals("foregroundDeletion");
        }
        if (orphan && foreground) {
            faults.add(FieldError.invalid(
                    "metadata.finalizers", finalizers, "finalizer orphan and foregroundDeletion cannot be both set"));
        }
    }

    /** A name without a prefix is one of Kubernetes' own. */
    static void standardOrQualified(String finalizer, String path, List<FieldError> faults) {
        if (!finalizer.contains("/") && !STANDARD_FINALIZERS.contains(finalizer)) {
            FieldErrors.add(
                    faults,
                    () -> FieldError.invalid(
                            path, finalizer, "name is neither a standard finalizer name nor is it fully qualified"));
        }
    }

    private static void owners(JsonNode owners, List<FieldError> faults) {
        int controllers = 0;
        for (int i = 0; i < owners.size(); i++) {
            JsonNode owner = owners.get(i);
            String path = "metadata.ownerReferences[" + i + "]";
            if (!Trees.present(owner, "apiVersion")) {
                faults.add(FieldError.invalid(path + ".apiVersion", "", "version must not be empty"));
            }
            if (!Trees.present(owner, "kind")) {
                faults.add(FieldError.invalid(path + ".kind", "", "kind must not be empty"));
            }
            if (!Trees.present(owner, "name")) {
                faults.add(FieldError.invalid(path + ".name", "", "name must not be empty"));
            }
            if (!Trees.present(owner, "uid")) {
                faults.add(FieldError.invalid(path + ".uid", "", "uid must not be empty"));
            }
            controllers += Trees.at(owner, "controller").asBoolean() ? 1 : 0;
        }
        if (controllers > 1) {
            faults.add(FieldError.invalid(
                    "metadata.ownerReferences", owners, "Only one reference can have Controller set to true."));
        }
    }

    /** What is wrong with the step from one metadata to the next. */
    static List<FieldError> validateUpdate(ObjectNode next, ObjectNode before) {
        if (!Trees.present(of(before), "deletionTimestamp")) {
            return List.of();
        }
        List<String> added = new ArrayList<>();
        List<String> old = new ArrayList<>();
        of(before).path("finalizers").forEach(finalizer -> old.add(finalizer.asText()));
        of(next).path("finalizers").forEach(finalizer -> {
            if (!old.contains(finalizer.asText())) {
                added.add('"' + finalizer.asText() + '"');
            }
        });
        return added.isEmpty()
                ? List.of()
                : List.of(FieldError.forbidden(
                        "metadata.finalizers",
                        "no new finalizers can be added if the object is being deleted, found new finalizers []string{"
                                + String.join(", ", added) + "}"));
    }
}
