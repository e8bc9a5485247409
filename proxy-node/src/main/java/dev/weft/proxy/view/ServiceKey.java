package dev.weft.proxy.view;

/**
 * Names one service of the picture: a Service of this cluster, or a ServiceImport of the cluster set, which may carry
 * the same name.
 */
public record ServiceKey(Kind kind, String namespace, String name) implements Comparable<ServiceKey> {

    /** What the service is declared by. */
    public enum Kind {
        SERVICE,
        IMPORT
    }

    public static ServiceKey service(String namespace, String name) {
        return new ServiceKey(Kind.SERVICE, namespace, name);
    }

    public static ServiceKey imported(String namespace, String name) {
        return new ServiceKey(Kind.IMPORT, namespace, name);
    }

    @Override
    public int compareTo(ServiceKey other) {
        int byNamespace = namespace.compareTo(other.namespace);
        if (byNamespace != 0) {
            return byNamespace;
        }
        int byName = name.compareTo(other.name);
        return byName != 0 ? byName : kind.compareTo(other.kind);
    }

    @Override
    public String toString() {
        return (kind == Kind.SERVICE ? "service " : "import ") + namespace + "/" + name;
    }
}
