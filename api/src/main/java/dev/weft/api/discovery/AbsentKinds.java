package dev.weft.api.discovery;

import dev.weft.registry.resource.Column;
import dev.weft.registry.resource.KindRules;
import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.resource.ResourceType;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Kinds of which clients want to hear that there are none; such can be read and watched, and nothing else. */
public final class AbsentKinds {
    /**
     * Weft's kinds are compiled in. kubectl looks here for a kind that it does not find described, and gives up with another
     * error than "no such kind" where even the list is missing.
     */
    private static final ResourceKind CUSTOM_RESOURCE_DEFINITIONS = new ResourceKind(
            new ResourceType("apiextensions.k8s.io", "customresourcedefinitions"),
            "CustomResourceDefinition",
            List.of("v1"),
            ResourceKind.Scope.CLUSTER,
            "customresourcedefinition",
            List.of("crd", "crds"),
            List.of(),
            Set.of(),
            Definition.class,
            List.of(new Column(
                    "Name",
                    "string",
                    "name",
                    "Name must be unique within a namespace.",
                    0,
                    (object, now) -> object.at("/metadata/name").asText())),
            Map.of(),
            KindRules.NONE,
            null);

    /** All of them. */
    public static final List<ResourceKind> ALL = List.of(CUSTOM_RESOURCE_DEFINITIONS);

    private AbsentKinds() {}

    /** Its outermost fields. */
    record Definition(String apiVersion, String kind, ObjectMeta metadata) {}
}
