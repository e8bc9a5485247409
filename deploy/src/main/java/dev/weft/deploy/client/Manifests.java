package dev.weft.deploy.client;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The few Kubernetes objects that the demo and the tests make. */
public final class Manifests {
    private Manifests() {}

    /**
     * A Service over all Pods with the label {@code app}.
     *
     * @param port on the virtual IP
     * @param targetPort on the Pods
     */
    public static ObjectNode service(String name, String app, int port, int targetPort) {
        ObjectNode object = object("v1", "Service", name);
        ObjectNode spec = object.putObject("spec");
        spec.putObject("selector").put("app", app);
        spec.putArray("ports")
                .addObject()
                .put("name", "http")
                .put("protocol", "TCP")
                .put("port", port)
                .put("targetPort", targetPort);
        return object;
    }

    /** A Pod on a node, with one container. */
    public static ObjectNode pod(String name, String app, String node, int port) {
        ObjectNode object = object("v1", "Pod", name);
        ((ObjectNode) object.get("metadata")).putObject("labels").put("app", app);
        ObjectNode spec = object.putObject("spec");
        spec.put("nodeName", node);
        ObjectNode container = spec.putArray("containers").addObject();
        container.put("name", "web").put("image", "weft-backend");
        container.putArray("ports").addObject().put("name", "http").put("containerPort", port);
        return object;
    }

    /** A change of a Pod's status: it runs at this address and is ready or not. */
    public static ObjectNode podStatus(String address, boolean ready) {
        ObjectNode change = JsonNodeFactory.instance.objectNode();
        ObjectNode status = change.putObject("status");
        status.put("phase", "Running").put("podIP", address).put("hostIP", address);
        status.putArray("podIPs").addObject().put("ip", address);
        status.putArray("conditions").addObject().put("type", "Ready").put("status", ready ? "True" : "False");
        return change;
    }

    /** The wish that a Service be reachable from every cluster of the set (KEP-1645). */
    public static ObjectNode serviceExport(String name) {
        return object("multicluster.x-k8s.io/v1beta1", "ServiceExport", name);
    }

    private static ObjectNode object(String apiVersion, String kind, String name) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("apiVersion", apiVersion).put("kind", kind);
        object.putObject("metadata").put("name", name).put("namespace", "default");
        return object;
    }
}
