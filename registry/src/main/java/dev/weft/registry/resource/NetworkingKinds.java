package dev.weft.registry.resource;

import static dev.weft.registry.resource.KindBuilder.kind;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.registry.resource.ResourceKind.Subresource;
import io.fabric8.kubernetes.api.model.networking.v1.IPAddress;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressClass;
import io.fabric8.kubernetes.api.model.networking.v1.ServiceCIDR;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;

/** What leads into the cluster, and the addresses that it gives out. */
final class NetworkingKinds {
    private static final String GROUP = "networking.k8s.io";
    private static final int SHOWN = 3;

    private NetworkingKinds() {}

    static List<ResourceKind> all() {
        return List.of(ingresses(), ingressClasses(), ipAddresses(), serviceCidrs());
    }

    private static ResourceKind ingresses() {
        return kind(GROUP, "Ingress", "ingresses", Ingress.class)
                .shortNames("ing")
                .subresources(Subresource.STATUS)
                .columns(Columns.named()
                        .text("Class", ingress -> Columns.orNone(Trees.text(ingress, "spec", "ingressClassName")))
                        .text("Hosts", NetworkingKinds::hosts)
                        .text("Address", NetworkingKinds::address)
                        .text("Ports", ingress -> Trees.present(ingress, "spec", "tls") ? "80, 443" : "80")
                        .age())
                .rules(new IngressRules())
                .done();
    }

    private static String hosts(JsonNode ingress) {
        Set<String> hosts = new LinkedHashSet<>();
        for (JsonNode rule : Trees.at(ingress, "spec", "rules")) {
            if (Trees.present(rule, "host")) {
                hosts.add(Trees.text(rule, "host"));
            }
        }
        List<String> all = new ArrayList<>(hosts);
        if (all.isEmpty()) {
            return "*";
        }
        return all.size() <= SHOWN
                ? String.join(",", all)
                : String.join(",", all.subList(0, SHOWN)) + " + " + (all.size() - SHOWN) + " more...";
    }

    private static String address(JsonNode ingress) {
        StringJoiner joined = new StringJoiner(",");
        for (JsonNode each : Trees.at(ingress, "status", "loadBalancer", "ingress")) {
            String ip = Trees.text(each, "ip");
            joined.add(ip.isEmpty() ? Trees.text(each, "hostname") : ip);
        }
        return joined.toString();
    }

    private static ResourceKind ingressClasses() {
        return kind(GROUP, "IngressClass", "ingressclasses", IngressClass.class)
                .clusterScoped()
                .columns(Columns.named()
                        .text("Controller", each -> Trees.text(each, "spec", "controller"))
                        .text("Parameters", NetworkingKinds::parameters)
                        .age())
                .rules(new IngressClassRules())
                .done();
    }

    private static String parameters(JsonNode ingressClass) {
        JsonNode parameters = Trees.at(ingressClass, "spec", "parameters");
        if (parameters.isMissingNode()) {
            return Columns.NONE;
        }
        String group = Trees.text(parameters, "apiGroup");
        return Trees.text(parameters, "kind") + (group.isEmpty() ? "" : "." + group) + "/"
                + Trees.text(parameters, "name");
    }

    private static ResourceKind ipAddresses() {
        return kind(GROUP, "IPAddress", "ipaddresses", IPAddress.class)
                .versions("v1", "v1beta1")
                .clusterScoped()
                .shortNames("ip")
                .columns(Columns.named()
                        .text("ParentRef", NetworkingKinds::parent)
                        .age())
                .selectableBy("spec.parentRef.name", "spec.parentRef.namespace", "spec.parentRef.resource")
                .rules(new IpAddressRules())
                .done();
    }

    private static String parent(JsonNode address) {
        StringJoiner joined = new StringJoiner("/");
        for (String field : List.of("group", "resource", "namespace", "name")) {
            String part = Trees.text(address, "spec", "parentRef", field);
            if (!part.isEmpty()) {
                joined.add(part);
            }
        }
        return joined.toString();
    }

    private static ResourceKind serviceCidrs() {
        return kind(GROUP, "ServiceCIDR", "servicecidrs", ServiceCIDR.class)
                .versions("v1", "v1beta1")
                .clusterScoped()
                .subresources(Subresource.STATUS)
                .columns(Columns.named()
                        .text("CIDRs", each -> {
                            StringJoiner joined = new StringJoiner(",");
                            Trees.at(each, "spec", "cidrs").forEach(cidr -> joined.add(cidr.asText()));
                            return joined.toString();
                        })
                        .age())
                .rules(new ServiceCidrRules())
                .done();
    }
}
