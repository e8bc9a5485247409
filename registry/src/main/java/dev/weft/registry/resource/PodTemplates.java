package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The spec of a Pod, on its own or inside a workload. */
final class PodTemplates {
    private static final List<String> CONTAINER_LISTS = List.of("initContainers", "containers");

    private PodTemplates() {}

    /** Kubernetes' defaults, apart from those that only a Pod of its own gets. */
    static void applyDefaults(ObjectNode spec) {
        Trees.putDefault(spec, "restartPolicy", "Always");
        Trees.putDefault(spec, "dnsPolicy", "ClusterFirst");
        Trees.putDefault(spec, "schedulerName", "default-scheduler");
        Trees.putDefault(spec, "terminationGracePeriodSeconds", 30);
        if (spec.path("terminationGracePeriodSeconds").asLong() < 0) {
            spec.put("terminationGracePeriodSeconds", 1);
        }
        account(spec);
        Volumes.applyDefaults(spec);
        Trees.object(spec, "securityContext");
        for (String list : CONTAINER_LISTS) {
            for (JsonNode each : spec.path(list)) {
                if (each instanceof ObjectNode container) {
                    container(container);
                }
            }
        }
    }

    /** The field of today and the one that it had before tell the same. */
    private static void account(ObjectNode spec) {
        String name = Trees.text(spec, "serviceAccountName");
        if (name.isEmpty()) {
            name = Trees.text(spec, "serviceAccount");
        }
        if (!name.isEmpty()) {
            spec.put("serviceAccountName", name).put("serviceAccount", name);
        }
    }

    private static void container(ObjectNode container) {
        String image = Trees.text(container, "image");
        String name = image.substring(image.lastIndexOf('/') + 1);
        boolean moving = !image.contains("@") && (name.indexOf(':') < 0 || name.endsWith(":latest"));
        Trees.putDefault(container, "imagePullPolicy", moving ? "Always" : "IfNotPresent");
        Trees.putDefault(container, "terminationMessagePath", "/dev/termination-log");
        Trees.putDefault(container, "terminationMessagePolicy", "File");
        Trees.object(container, "resources");
        for (JsonNode each : container.path("ports")) {
            if (each instanceof ObjectNode port) {
                Trees.putDefault(port, "protocol", "TCP");
            }
        }
        Probes.applyDefaults(container);
        ContainerResources.round(container);
    }

    /** What a Pod of its own gets besides. */
    static void applyPodDefaults(ObjectNode spec) {
        Trees.putDefault(spec, "serviceAccountName", "default");
        account(spec);
        boolean onHost = Trees.at(spec, "hostNetwork").asBoolean();
        for (String list : onHost ? CONTAINER_LISTS : List.<String>of()) {
            for (JsonNode container : spec.path(list)) {
                for (JsonNode each : container.path("ports")) {
                    if (each instanceof ObjectNode port && port.has("containerPort")) {
                        Trees.putDefault(port, "hostPort", Trees.integer(port, 0, "containerPort"));
                    }
                }
            }
        }
        CONTAINER_LISTS.forEach(list -> spec.path(list).forEach(ContainerResources::applyDefaults));
    }

    /** How likely a Pod is to be put out when its node is full; here only shown. */
    static String qosClass(JsonNode spec) {
        boolean any = false;
        boolean full = true;
        for (JsonNode container : spec.path("containers")) {
            JsonNode limits = Trees.at(container, "resources", "limits");
            JsonNode requests = Trees.at(container, "resources", "requests");
            any |= !limits.isEmpty() || !requests.isEmpty();
            for (String resource : List.of("cpu", "memory")) {
                boolean asked = Trees.has(requests, resource);
                full &= Trees.has(limits, resource)
                        && (!asked
                                || Quantities.compare(Trees.text(limits, resource), Trees.text(requests, resource))
                                        == 0);
            }
        }
        return !any ? "BestEffort" : full ? "Guaranteed" : "Burstable";
    }

    static void validate(JsonNode spec, String path, List<FieldError> faults) {
        if (!Trees.present(spec, "containers")) {
            faults.add(FieldError.required(path + ".containers", ""));
        }
        Set<String> volumes = Volumes.validate(spec, path, faults);
        Set<String> names = new HashSet<>();
        for (String list : CONTAINER_LISTS) {
            JsonNode containers = Trees.at(spec, list);
            for (int i = 0; i < containers.size(); i++) {
                String at = path + "." + list + "[" + i + "]";
                container(containers.get(i), at, names, faults);
                if (Trees.at(spec, "hostNetwork").asBoolean()) {
                    hostPorts(Trees.at(containers.get(i), "ports"), at + ".ports", faults);
                }
                mounts(Trees.at(containers.get(i), "volumeMounts"), at + ".volumeMounts", volumes, faults);
            }
        }
        oneOf(spec, "restartPolicy", path, faults, "Always", "Never", "OnFailure");
        oneOf(spec, "dnsPolicy", path, faults, "ClusterFirst", "ClusterFirstWithHostNet", "Default", "None");
        for (String field : List.of("hostname", "subdomain")) {
            String value = Trees.text(spec, field);
            if (!value.isEmpty()) {
                Names.dnsLabel(value).forEach(why -> faults.add(FieldError.invalid(path + "." + field, value, why)));
            }
        }
        Metadata.labels(Trees.at(spec, "nodeSelector"), path + ".nodeSelector", faults);
        JsonNode deadline = Trees.at(spec, "activeDeadlineSeconds");
        if (!deadline.isMissingNode() && (deadline.asLong() < 1 || deadline.asLong() > Integer.MAX_VALUE)) {
            faults.add(FieldError.invalid(
                    path + ".activeDeadlineSeconds", deadline, "must be between 1 and 2147483647, inclusive"));
        }
        String required = "requiredDuringSchedulingIgnoredDuringExecution";
        JsonNode terms = Trees.at(spec, "affinity", "nodeAffinity", required);
        if (!terms.isMissingNode() && terms.path("nodeSelectorTerms").isEmpty()) {
            faults.add(FieldError.required(
                    path + ".affinity.nodeAffinity." + required + ".nodeSelectorTerms",
                    "must have at least one node selector term"));
        }
    }

    /** A Pod in its node's network has no ports but the node's. */
    private static void hostPorts(JsonNode ports, String path, List<FieldError> faults) {
        for (int i = 0; i < ports.size(); i++) {
            int port = Trees.integer(ports.get(i), 0, "containerPort");
            int onHost = Trees.integer(ports.get(i), 0, "hostPort");
            if (onHost != 0 && onHost != port) {
                faults.add(FieldError.invalid(
                        path + "[" + i + "].containerPort", port, "must match `hostPort` when `hostNetwork` is true"));
            }
        }
    }

    private static void mounts(JsonNode mounts, String path, Set<String> volumes, List<FieldError> faults) {
        for (int i = 0; i < mounts.size(); i++) {
            String at = path + "[" + i + "]";
            String name = Trees.text(mounts.get(i), "name");
            if (name.isEmpty()) {
                faults.add(FieldError.required(at + ".name", ""));
            } else if (!volumes.contains(name)) {
                faults.add(FieldError.notFound(at + ".name", name));
            }
            if (Trees.text(mounts.get(i), "mountPath").isEmpty()) {
                faults.add(FieldError.required(at + ".mountPath", ""));
            }
        }
    }

    private static void container(JsonNode container, String path, Set<String> names, List<FieldError> faults) {
        String name = Trees.text(container, "name");
        if (name.isEmpty()) {
            faults.add(FieldError.required(path + ".name", ""));
        } else {
            Names.dnsLabel(name).forEach(why -> faults.add(FieldError.invalid(path + ".name", name, why)));
            if (!names.add(name)) {
                faults.add(FieldError.duplicate(path + ".name", name));
            }
        }
        String image = Trees.text(container, "image");
        if (image.isEmpty()) {
            faults.add(FieldError.required(path + ".image", ""));
        } else if (!image.strip().equals(image)) {
            faults.add(FieldError.invalid(path + ".image", image, "must not have leading or trailing whitespace"));
        }
        oneOf(container, "imagePullPolicy", path, faults, "Always", "IfNotPresent", "Never");
        ports(Trees.at(container, "ports"), path + ".ports", faults);
        ContainerResources.validate(container, path, faults);
        Probes.validate(container, path, faults);
        JsonNode variables = Trees.at(container, "env");
        for (int i = 0; i < variables.size(); i++) {
            String variable = Trees.text(variables.get(i), "name");
            String at = path + ".env[" + i + "].name";
            if (variable.isEmpty()) {
                faults.add(FieldError.required(at, ""));
            } else {
                Names.environmentVariable(variable).forEach(why -> faults.add(FieldError.invalid(at, variable, why)));
            }
            if (!Trees.text(variables.get(i), "value").isEmpty() && Trees.present(variables.get(i), "valueFrom")) {
                faults.add(FieldError.invalid(
                        path + ".env[" + i + "].valueFrom", "", "may not be specified when `value` is not empty"));
            }
        }
    }

    private static void ports(JsonNode ports, String path, List<FieldError> faults) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < ports.size(); i++) {
            JsonNode port = ports.get(i);
            String at = path + "[" + i + "]";
            String name = Trees.text(port, "name");
            if (!name.isEmpty()) {
                Names.portName(name).forEach(why -> faults.add(FieldError.invalid(at + ".name", name, why)));
                if (!names.add(name)) {
                    faults.add(FieldError.duplicate(at + ".name", name));
                }
            }
            if (Trees.integer(port, 0, "containerPort") == 0) {
                faults.add(FieldError.required(at + ".containerPort", ""));
            } else {
                Ports.number(Trees.integer(port, 0, "containerPort"), at + ".containerPort", faults);
            }
            if (Trees.integer(port, 0, "hostPort") != 0) {
                Ports.number(Trees.integer(port, 0, "hostPort"), at + ".hostPort", faults);
            }
            oneOf(port, "protocol", at, faults, "SCTP", "TCP", "UDP");
        }
    }

    private static void oneOf(JsonNode tree, String field, String path, List<FieldError> faults, String... supported) {
        String value = Trees.text(tree, field);
        if (!value.isEmpty() && !List.of(supported).contains(value)) {
            faults.add(FieldError.notSupported(path + "." + field, value, supported));
        }
    }
}
