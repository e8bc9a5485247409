package dev.weft.registry.resource;

import static dev.weft.registry.resource.KindBuilder.kind;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.registry.resource.ResourceKind.Subresource;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.util.List;
import java.util.TreeSet;

/** What any cluster has: namespaces, nodes, pods, configuration, leases. */
final class CoreKinds {
    private static final String CORE = "";

    private CoreKinds() {}

    static List<ResourceKind> all() {
        return List.of(namespaces(), nodes(), pods(), configMaps(), secrets(), serviceAccounts(), leases());
    }

    private static ResourceKind namespaces() {
        return kind(CORE, "Namespace", "namespaces", Namespace.class)
                .clusterScoped()
                .shortNames("ns")
                .subresources(Subresource.STATUS, Subresource.FINALIZE)
                .columns(Columns.named()
                        .text("Status", namespace -> Trees.text(namespace, "status", "phase"))
                        .age())
                .selectableBy("status.phase")
                .rules(new NamespaceRules())
                .done();
    }

    private static ResourceKind nodes() {
        return kind(CORE, "Node", "nodes", Node.class)
                .clusterScoped()
                .shortNames("no")
                .subresources(Subresource.STATUS)
                .columns(Columns.named()
                        .text("Status", CoreKinds::nodeStatus)
                        .text("Roles", CoreKinds::nodeRoles)
                        .age()
                        .text("Version", node -> Trees.text(node, "status", "nodeInfo", "kubeletVersion"))
                        .wide("Internal-IP", node -> nodeAddress(node, "InternalIP"))
                        .wide("External-IP", node -> nodeAddress(node, "ExternalIP"))
                        .wide("OS-Image", node -> nodeInfo(node, "osImage"))
                        .wide("Kernel-Version", node -> nodeInfo(node, "kernelVersion"))
                        .wide("Container-Runtime", node -> nodeInfo(node, "containerRuntimeVersion")))
                .selectableBy(
                        "spec.unschedulable",
                        node -> Boolean.toString(
                                Trees.at(node, "spec", "unschedulable").asBoolean()))
                .rules(new NodeRules())
                .done();
    }

    private static String nodeInfo(JsonNode node, String field) {
        String text = Trees.text(node, "status", "nodeInfo", field);
        return text.isEmpty() ? "<unknown>" : text;
    }

    private static String nodeStatus(JsonNode node) {
        String status = "Unknown";
        for (JsonNode condition : Trees.at(node, "status", "conditions")) {
            if (Trees.text(condition, "type").equals("Ready")) {
                status = Trees.text(condition, "status").equals("True") ? "Ready" : "NotReady";
            }
        }
        return Trees.at(node, "spec", "unschedulable").asBoolean() ? status + ",SchedulingDisabled" : status;
    }

    private static String nodeRoles(JsonNode node) {
        TreeSet<String> roles = new TreeSet<>();
        Trees.textMap(Trees.at(node, "metadata", "labels")).forEach((key, value) -> {
            if (key.startsWith("node-role.kubernetes.io/")) {
                roles.add(key.substring("node-role.kubernetes.io/".length()));
            } else if (key.equals("kubernetes.io/role") && !value.isEmpty()) {
                roles.add(value);
            }
        });
        roles.remove("");
        return Columns.orNone(String.join(",", roles));
    }

    private static String nodeAddress(JsonNode node, String type) {
        for (JsonNode address : Trees.at(node, "status", "addresses")) {
            if (Trees.text(address, "type").equals(type)) {
                return Trees.text(address, "address");
            }
        }
        return Columns.NONE;
    }

    private static ResourceKind pods() {
        return kind(CORE, "Pod", "pods", Pod.class)
                .shortNames("po")
                .inAll()
                .subresources(Subresource.STATUS, Subresource.EVICTION)
                .columns(PodColumns.all())
                .selectableBy(
                        "spec.nodeName",
                        "spec.restartPolicy",
                        "spec.schedulerName",
                        "spec.serviceAccountName",
                        "status.phase",
                        "status.podIP",
                        "status.nominatedNodeName")
                .selectableBy(
                        "spec.hostNetwork",
                        pod -> Boolean.toString(
                                Trees.at(pod, "spec", "hostNetwork").asBoolean()))
                .rules(new PodRules())
                .done();
    }

    private static ResourceKind configMaps() {
        return kind(CORE, "ConfigMap", "configmaps", ConfigMap.class)
                .shortNames("cm")
                .columns(Columns.named()
                        .number(
                                "Data",
                                map -> map.path("data").size()
                                        + map.path("binaryData").size())
                        .age())
                .rules(new ConfigRules(false))
                .done();
    }

    private static ResourceKind secrets() {
        return kind(CORE, "Secret", "secrets", Secret.class)
                .columns(Columns.named()
                        .text("Type", secret -> Trees.text(secret, "type"))
                        .number("Data", secret -> secret.path("data").size())
                        .age())
                .selectableBy("type")
                .rules(new ConfigRules(true))
                .done();
    }

    private static ResourceKind serviceAccounts() {
        return kind(CORE, "ServiceAccount", "serviceaccounts", ServiceAccount.class)
                .shortNames("sa")
                .columns(Columns.named()
                        .number("Secrets", account -> account.path("secrets").size())
                        .age())
                .done();
    }

    private static ResourceKind leases() {
        return kind("coordination.k8s.io", "Lease", "leases", Lease.class)
                .columns(Columns.named()
                        .text("Holder", lease -> Trees.text(lease, "spec", "holderIdentity"))
                        .age())
                .rules(new LeaseRules())
                .done();
    }
}
