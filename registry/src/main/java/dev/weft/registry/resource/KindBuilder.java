package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.registry.resource.ResourceKind.Scope;
import dev.weft.registry.resource.ResourceKind.Subresource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Declares one kind, so that a declaration reads as a sentence and says only what is special about it. */
final class KindBuilder {
    private final String group;
    private final String kind;
    private final String plural;
    private final Class<?> model;
    private final Map<String, Function<JsonNode, String>> fieldSelectors = new TreeMap<>();
    private List<String> versions = List.of("v1");
    private Scope scope = Scope.NAMESPACED;
    private List<String> shortNames = List.of();
    private List<String> categories = List.of();
    private Set<Subresource> subresources = Set.of();
    private List<Column> columns = Columns.named().age().done();
    private KindRules rules = KindRules.NONE;
    private @Nullable Cohabitation cohabitation;

    private KindBuilder(String group, String kind, String plural, Class<?> model) {
        this.group = group;
        this.kind = kind;
        this.plural = plural;
        this.model = model;
    }

    /** A namespaced kind in version v1, without subresources, that shows its name and age. */
    static KindBuilder kind(String group, String kind, String plural, Class<?> model) {
        return new KindBuilder(group, kind, plural, model);
    }

    KindBuilder versions(String... all) {
        versions = List.of(all);
        return this;
    }

    KindBuilder clusterScoped() {
        scope = Scope.CLUSTER;
        return this;
    }

    KindBuilder shortNames(String... names) {
        shortNames = List.of(names);
        return this;
    }

    KindBuilder inAll() {
        categories = List.of("all");
        return this;
    }

    KindBuilder subresources(Subresource... all) {
        subresources = Set.of(all);
        return this;
    }

    KindBuilder columns(Columns all) {
        columns = all.done();
        return this;
    }

    /** Lists may filter by these paths, e.g. {@code spec.nodeName}. */
    KindBuilder selectableBy(String... paths) {
        for (String path : paths) {
            String[] names = path.split("\\.");
            fieldSelectors.put(path, object -> Trees.text(object, names));
        }
        return this;
    }

    KindBuilder selectableBy(String path, Function<JsonNode, String> read) {
        fieldSelectors.put(path, read);
        return this;
    }

    KindBuilder rules(KindRules all) {
        rules = all;
        return this;
    }

    /** Its objects are those of another kind. */
    KindBuilder cohabiting(Cohabitation with) {
        cohabitation = with;
        return this;
    }

    ResourceKind done() {
        return new ResourceKind(
                new ResourceType(group, plural),
                kind,
                versions,
                scope,
                kind.toLowerCase(Locale.ROOT),
                shortNames,
                categories,
                subresources,
                model,
                columns,
                fieldSelectors,
                rules,
                cohabitation);
    }
}
