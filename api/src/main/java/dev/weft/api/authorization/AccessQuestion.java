package dev.weft.api.authorization;

/**
 * What somebody wishes to do.
 *
 * @param verb {@code get}, {@code list}, … ; of a path the HTTP method in lower case
 * @param group empty for the core group
 * @param resource the plural; empty where a path is asked for
 * @param subresource empty for the object itself
 * @param namespace empty for all, and for cluster-scoped kinds
 * @param name empty for a collection
 * @param path what is asked for that is no resource; empty for a resource
 */
public record AccessQuestion(
        String verb,
        String group,
        String version,
        String resource,
        String subresource,
        String namespace,
        String name,
        String path) {

    /** About something that is no resource, such as {@code /metrics}. */
    public static AccessQuestion ofPath(String verb, String path) {
        return new AccessQuestion(verb, "", "", "", "", "", "", path);
    }

    /** About an object or a collection. */
    public static AccessQuestion ofResource(
            String verb, String group, String resource, String subresource, String namespace, String name) {
        return new AccessQuestion(verb, group, "", resource, subresource, namespace, name, "");
    }

    boolean aboutPath() {
        return resource.isEmpty() && !path.isEmpty();
    }

    /** {@code pods} or {@code pods/status}, as rules name it. */
    String whole() {
        return subresource.isEmpty() ? resource : resource + "/" + subresource;
    }
}
