package dev.weft.registry.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.controller.LoadBalancerBook.Served;
import dev.weft.registry.resource.IpAddress;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.Write;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads what a Service wants of the load-balancer pools, and writes into its status what came of it. */
final class LoadBalancerVerdict {
    /** The class of Services that are served like those without any class. */
    static final String CLASS = "mesh.weft.dev/pools";

    /** Wished addresses, separated by commas; goes before the deprecated {@code spec.loadBalancerIP}. */
    static final String WISHES = "mesh.weft.dev/load-balancer-ips";

    /** The condition that says why a Service has no address. */
    static final String CONDITION = "mesh.weft.dev/LoadBalancerAddress";

    private LoadBalancerVerdict() {}

    /** Whether a Service is to have addresses from the pools. */
    static boolean isOurs(JsonNode service) {
        JsonNode spec = service.path("spec");
        String balancerClass = spec.path("loadBalancerClass").asText(CLASS);
        return spec.path("type").asText().equals("LoadBalancer")
                && balancerClass.equals(CLASS)
                && service.path("metadata").path("deletionTimestamp").isMissingNode();
    }

    /** The addresses that its status lists. */
    static List<IpAddress> listed(JsonNode service) {
        List<IpAddress> listed = new ArrayList<>();
        for (JsonNode ingress : service.at("/status/loadBalancer/ingress")) {
            IpAddress.parse(ingress.path("ip").asText()).ifPresent(listed::add);
        }
        return listed;
    }

    /** The addresses that it wishes to have; what is none is among {@link #unreadable}. */
    static List<IpAddress> wishes(JsonNode service) {
        return wished(service).map(IpAddress::parse).flatMap(Optional::stream).toList();
    }

    /** Why a wish can never be honoured, since it is no address; empty if each is one. */
    static Optional<String> unreadable(JsonNode service) {
        return wished(service)
                .filter(each -> IpAddress.parse(each).isEmpty())
                .findFirst()
                .map(each -> wishField(service) + ": Invalid value: \"" + each + "\": must be a valid IP address");
    }

    /** Where it says what it wishes for. */
    static String wishField(JsonNode service) {
        return service.path("metadata").path("annotations").has(WISHES)
                ? "metadata.annotations[" + WISHES + "]"
                : "spec.loadBalancerIP";
    }

    private static Stream<String> wished(JsonNode service) {
        String text = service.path("metadata")
                .path("annotations")
                .path(WISHES)
                .asText(service.path("spec").path("loadBalancerIP").asText());
        return Arrays.stream(text.split(",", -1)).map(String::strip).filter(each -> !each.isEmpty());
    }

    /** The write of what a Service was given, or why not; empty if its status says so already. */
    static Optional<Write> served(Resource self, Served served, Instant now) {
        ObjectNode tree = self.json().toTree();
        ObjectNode status = tree.withObjectProperty("status");
        if (!listed(tree).equals(served.addresses())) {
            ArrayNode ingress = status.withObjectProperty("loadBalancer").putArray("ingress");
            served.addresses()
                    .forEach(address ->
                            ingress.addObject().put("ip", address.toString()).put("ipMode", "VIP"));
        }
        ObjectNode condition = served.refusal().isEmpty() ? null : condition(self, served.refusal(), now);
        replaceCondition(status, Optional.ofNullable(condition));
        return write(self, tree);
    }

    /** The write that takes back what a Service no longer has a right to; empty if it lists nothing of the pools. */
    static Optional<Write> withdrawn(Resource self, LoadBalancerBook book) {
        ObjectNode tree = self.json().toTree();
        ObjectNode status = tree.withObjectProperty("status");
        if (status.path("loadBalancer").path("ingress") instanceof ArrayNode ingress) {
            for (int i = ingress.size() - 1; i >= 0; i--) {
                boolean ours = IpAddress.parse(ingress.get(i).path("ip").asText())
                        .filter(book::covers)
                        .isPresent();
                if (ours) {
                    ingress.remove(i);
                }
            }
            if (ingress.isEmpty()) {
                status.withObjectProperty("loadBalancer").remove("ingress");
            }
        }
        replaceCondition(status, Optional.empty());
        return write(self, tree);
    }

    private static ObjectNode condition(Resource self, String refusal, Instant now) {
        ObjectNode tree = self.json().toTree();
        ObjectNode condition = tree.objectNode()
                .put("type", CONDITION)
                .put("status", "False")
                .put(
                        "observedGeneration",
                        tree.path("metadata").path("generation").asLong(0))
                .put("lastTransitionTime", now.truncatedTo(ChronoUnit.SECONDS).toString())
                .put("reason", "NotAllocated")
                .put("message", refusal);
        for (JsonNode present : tree.path("status").path("conditions")) {
            if (present.path("type").asText().equals(CONDITION)) {
                condition.set("lastTransitionTime", present.path("lastTransitionTime"));
            }
        }
        return condition;
    }

    private static void replaceCondition(ObjectNode status, Optional<ObjectNode> condition) {
        ArrayNode conditions =
                status.get("conditions") instanceof ArrayNode there ? there : status.putArray("conditions");
        for (int i = conditions.size() - 1; i >= 0; i--) {
            if (conditions.get(i).path("type").asText().equals(CONDITION)) {
                conditions.remove(i);
            }
        }
        condition.ifPresent(conditions::add);
        if (conditions.isEmpty()) {
            status.remove("conditions");
        }
    }

    /** Fails with a conflict if the Service has changed since it was judged: its version is in the tree. */
    private static Optional<Write> write(Resource self, ObjectNode tree) {
        JsonBytes written = JsonBytes.of(tree);
        // As it would be read: a number that was computed is not equal to the same number that was read.
        return written.toTree().equals(self.json().toTree())
                ? Optional.empty()
                : Optional.of(new Write.Update(self.key(), "status", written, Write.Options.DEFAULT));
    }
}
