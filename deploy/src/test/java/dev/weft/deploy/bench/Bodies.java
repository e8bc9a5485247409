package dev.weft.deploy.bench;

/** The objects that benchmarks write, as JSON. */
final class Bodies {
    private Bodies() {}

    /** About what {@code kubectl create service clusterip} makes, with labels. */
    static String service(String name) {
        return """
                {"apiVersion":"v1","kind":"Service","metadata":{"name":"%1$s","labels":{"app":"%1$s","tier":"backend"}},\
                "spec":{"selector":{"app":"%1$s"},"ports":[{"name":"http","port":80,"targetPort":8080}]}}""".formatted(name);
    }

    /** What offers the Service of that name to other clusters. */
    static String export(String name) {
        return """
                {"apiVersion":"multicluster.x-k8s.io/v1beta1","kind":"ServiceExport","metadata":{"name":"%s"}}""".formatted(name);
    }

    static String namespace(String name) {
        return """
                {"apiVersion":"v1","kind":"Namespace","metadata":{"name":"%s"}}""".formatted(name);
    }

    /** A small object with room for a number that changes. */
    static String configMap(String name, int sequence) {
        return """
                {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"%s","labels":{"app":"bench"}},\
                "data":{"settings":"%s","sequence":"%d"}}""".formatted(name, "x".repeat(300), sequence);
    }

    /** A merge patch that gives {@link #configMap} another number. */
    static String sequence(int sequence) {
        return """
                {"data":{"sequence":"%d"}}""".formatted(sequence);
    }

    /** A Pod behind the Service of that name, on a node, not ready yet. */
    static String pod(String name, String service) {
        return """
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"%s","labels":{"app":"%s"}},\
                "spec":{"nodeName":"node-1","containers":[{"name":"main","image":"registry.example/app:1.0",\
                "ports":[{"name":"http","containerPort":8080}]}]}}""".formatted(name, service);
    }

    /** A merge patch of a Pod's status, as its kubelet would write it. */
    static String podStatus(int number, boolean ready) {
        return """
                {"status":{"phase":"Running","podIP":"%s","conditions":[{"type":"Ready","status":"%s"}]}}""".formatted(address(number), ready ? "True" : "False");
    }

    /** An address for each number up to 16 million. */
    static String address(int number) {
        return "10." + (number >> 16 & 255) + "." + (number >> 8 & 255) + "." + (number & 255);
    }
}
