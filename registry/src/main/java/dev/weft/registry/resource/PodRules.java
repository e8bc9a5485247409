package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;

/** What Kubernetes demands of Pods, as far as it matters without a kubelet. */
final class PodRules implements KindRules {
    private static final String IMMUTABLE = "pod updates may not change fields other than `spec.containers[*].image`,"
            + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to"
            + " existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was"
            + " previously negative)";

    @Override
    public boolean countsGenerations() {
        return true;
    }

    @Override
    public void applyDefaults(ObjectNode pod) {
        PodTemplates.applyDefaults(Trees.object(pod, "spec"));
        ObjectNode spec = Trees.object(pod, "spec");
        PodTemplates.applyPodDefaults(spec);
        Trees.putDefault(spec, "enableServiceLinks", true);
        Trees.putDefault(spec, "preemptionPolicy", "PreemptLowerPriority");
        Trees.putDefault(spec, "priority", 0);
        ObjectNode status = Trees.object(pod, "status");
        Trees.putDefault(status, "phase", "Pending");
        Trees.putDefault(status, "qosClass", PodTemplates.qosClass(spec));
        addresses(status, "podIP", "podIPs");
        addresses(status, "hostIP", "hostIPs");
    }

    /** The single and the plural field tell the same; whichever was written, the other follows. */
    private static void addresses(ObjectNode status, String one, String many) {
        String single = Trees.text(status, one);
        String first = Trees.text(status.path(many).path(0), "ip");
        if (single.isEmpty() && !first.isEmpty()) {
            status.put(one, first);
        } else if (!single.isEmpty() && first.isEmpty()) {
            status.putArray(many).addObject().put("ip", single);
        }
    }

    /** A status patch that moves only {@code podIP} moves {@code podIPs} with it. */
    @Override
    public void carryOver(ObjectNode next, JsonNode present) {
        follow(next, present);
        JsonNode nodeName = Trees.at(present, "spec", "nodeName");
        ObjectNode spec = Trees.object(next, "spec");
        for (String field : List.of("serviceAccountName", "serviceAccount", "priority", "preemptionPolicy")) {
            if (!spec.has(field) && present.path("spec").has(field)) {
                spec.set(field, present.path("spec").get(field));
            }
        }
        if (!nodeName.isMissingNode() && !spec.has("nodeName")) {
            spec.set("nodeName", nodeName);
        }
    }

    @Override
    public void carryOverStatus(ObjectNode next, JsonNode present) {
        follow(next, present);
    }

    private static void follow(ObjectNode next, JsonNode present) {
        ObjectNode status = Trees.object(next, "status");
        for (List<String> pair : List.of(List.of("podIP", "podIPs"), List.of("hostIP", "hostIPs"))) {
            String one = Trees.text(status, pair.get(0));
            boolean moved = !one.equals(Trees.text(present, "status", pair.get(0)));
            if (moved && Trees.sameAt(status, present.path("status"), pair.get(1))) {
                status.remove(pair.get(1));
            } else if (!moved
                    && status.get(pair.get(1)) instanceof ArrayNode many
                    && !Trees.text(many.path(0), "ip").equals(one)) {
                status.remove(pair.get(0));
            }
        }
    }

    /** An annotation that nobody reads may be mistyped. */
    @Override
    public List<String> warnings(JsonNode pod) {
        return MeshAnnotations.unknownOfPod(pod);
    }

    @Override
    public List<FieldError> validate(JsonNode pod) {
        List<FieldError> faults = new FieldErrors();
        PodTemplates.validate(pod.path("spec"), "spec", faults);
        MeshAnnotations.ofPod(pod, faults);
        String nodeName = Trees.text(pod, "spec", "nodeName");
        if (!nodeName.isEmpty()) {
            Names.subdomain(nodeName).forEach(why -> faults.add(FieldError.invalid("spec.nodeName", nodeName, why)));
        }
        JsonNode ips = Trees.at(pod, "status", "podIPs");
        for (int i = 0; i < ips.size(); i++) {
            String ip = Trees.text(ips.get(i), "ip");
            String path = "status.podIPs[" + i + "].ip";
            if (IpAddress.parse(ip).isEmpty()) {
                faults.add(
                        FieldError.invalid(path, ip, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"));
            }
        }
        if (ips.size() > 1 && !Trees.text(pod, "status", "podIP").equals(Trees.text(ips.get(0), "ip"))) {
            faults.add(FieldError.invalid(
                    "status.podIPs[0].ip", Trees.text(ips.get(0), "ip"), "must be equal to `podIP`"));
        }
        String phase = Trees.text(pod, "status", "phase");
        if (!Set.of("Pending", "Running", "Succeeded", "Failed", "Unknown").contains(phase)) {
            faults.add(FieldError.notSupported(
                    "status.phase", phase, "Failed", "Pending", "Running", "Succeeded", "Unknown"));
        }
        return faults;
    }

    @Override
    public List<FieldError> validateUpdate(JsonNode next, JsonNode present) {
        List<FieldError> faults = new FieldErrors();
        deadline(next, present, faults);
        JsonNode kept = Trees.at(next, "spec", "tolerations");
        for (JsonNode toleration : Trees.at(present, "spec", "tolerations")) {
            if (!hasToleration(kept, toleration)) {
                faults.add(FieldError.forbidden(
                        "spec.tolerations", "existing toleration can not be modified except its tolerationSeconds"));
                break;
            }
        }
        if (!Trees.same(comparable(next), comparable(present)) || !mayHaveGrace(next, present)) {
            faults.add(FieldError.forbidden("spec", IMMUTABLE));
        }
        return faults;
    }

    private static void deadline(JsonNode next, JsonNode present, List<FieldError> faults) {
        String field = "spec.activeDeadlineSeconds";
        if (!Trees.present(present, "spec", "activeDeadlineSeconds")) {
            return;
        }
        if (!Trees.present(next, "spec", "activeDeadlineSeconds")) {
            faults.add(FieldError.invalidAs(field, "null", "must not update from a positive integer to nil value"));
            return;
        }
        int now = Trees.integer(next, 0, "spec", "activeDeadlineSeconds");
        if (now > Trees.integer(present, 0, "spec", "activeDeadlineSeconds")) {
            faults.add(FieldError.invalid(field, now, "must be less than or equal to previous value"));
        }
    }

    private static boolean hasToleration(JsonNode tolerations, JsonNode wanted) {
        ObjectNode lasting = withoutSeconds(wanted);
        for (JsonNode each : tolerations) {
            if (Trees.same(withoutSeconds(each), lasting)) {
                return true;
            }
        }
        return false;
    }

    private static ObjectNode withoutSeconds(JsonNode toleration) {
        ObjectNode copy = toleration.deepCopy();
        copy.remove("tolerationSeconds");
        return copy;
    }

    /** A negative one, of an old client, may become 1. */
    private static boolean mayHaveGrace(JsonNode next, JsonNode present) {
        String[] path = {"spec", "terminationGracePeriodSeconds"};
        return Trees.sameAt(next, present, path)
                || (Trees.integer(present, 0, path) < 0 && Trees.integer(next, 0, path) == 1);
    }

    private static ObjectNode comparable(JsonNode pod) {
        ObjectNode spec = pod.path("spec").deepCopy();
        spec.remove(List.of("activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds"));
        for (String list : List.of("containers", "initContainers")) {
            spec.path(list).forEach(container -> ((ObjectNode) container).remove("image"));
        }
        return spec;
    }
}
