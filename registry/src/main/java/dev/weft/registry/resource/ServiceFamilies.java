package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The addresses of a Service and their families: SVC-14. */
final class ServiceFamilies {
    private ServiceFamilies() {}

    static void validate(JsonNode spec, List<IpAddress.Family> cluster, List<FieldError> faults) {
        JsonNode ips = Trees.at(spec, "clusterIPs");
        JsonNode families = Trees.at(spec, "ipFamilies");
        clusterIps(spec, ips, faults);
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < families.size(); i++) {
            String family = families.get(i).asText();
            String path = "spec.ipFamilies[" + i + "]";
            if (!family.equals("IPv4") && !family.equals("IPv6")) {
                faults.add(FieldError.notSupported(path, family, "IPv4", "IPv6"));
            } else if (!seen.add(family)) {
                faults.add(FieldError.duplicate(path, family));
            } else if (!served(spec, cluster, family)) {
                faults.add(FieldError.invalid(path, family, "not configured on this cluster"));
            }
            boolean other = IpAddress.parse(ips.path(i).asText())
                    .filter(address -> !address.family().name().equals(family))
                    .isPresent();
            if (other) {
                faults.add(FieldError.invalid(
                        "spec.clusterIPs[" + i + "]",
                        ips,
                        "expected an " + family + " value as indicated by `ipFamilies[" + i + "]`"));
            }
        }
        policy(spec, cluster, ips, families, faults);
    }

    /** A headless Service without selector leads to endpoints of any family, wherever they come from. */
    private static boolean served(JsonNode spec, List<IpAddress.Family> cluster, String family) {
        boolean nowhere = ServiceRules.isHeadless(spec) && !Trees.present(spec, "selector");
        return nowhere || cluster.contains(IpAddress.Family.valueOf(family));
    }

    private static void clusterIps(JsonNode spec, JsonNode ips, List<FieldError> faults) {
        String primary = Trees.text(spec, "clusterIP");
        if (primary.isEmpty() && !ips.isEmpty()) {
            faults.add(FieldError.forbidden("spec.clusterIPs", "must be empty when `clusterIP` is not specified"));
            return;
        }
        if (!ips.isEmpty() && !ips.get(0).asText().equals(primary)) {
            faults.add(FieldError.invalid("spec.clusterIPs[0]", ips, "first value must match `clusterIP`"));
        }
        if (ips.size() > 2) {
            faults.add(FieldError.invalid("spec.clusterIPs", ips, "may only hold up to 2 values"));
        }
        for (int i = 0; i < ips.size(); i++) {
            String ip = ips.get(i).asText();
            String path = "spec.clusterIPs[" + i + "]";
            if (ip.equals("None")) {
                if (ips.size() > 1) {
                    faults.add(FieldError.invalid(path, ip, "'None' must be the first and only value"));
                }
            } else if (IpAddress.parse(ip).isEmpty()) {
                faults.add(
                        FieldError.invalid(path, ip, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"));
            }
        }
        if (ips.size() == 2 && sameFamily(ips)) {
            faults.add(
                    FieldError.invalid("spec.clusterIPs", ips, "may specify no more than one IP for each IP family"));
        }
    }

    private static boolean sameFamily(JsonNode ips) {
        var first = IpAddress.parse(ips.get(0).asText()).map(IpAddress::family);
        var second = IpAddress.parse(ips.get(1).asText()).map(IpAddress::family);
        return first.isPresent() && first.equals(second);
    }

    private static void policy(
            JsonNode spec, List<IpAddress.Family> cluster, JsonNode ips, JsonNode families, List<FieldError> faults) {
        String policy = Trees.text(spec, "ipFamilyPolicy");
        if (!Set.of("SingleStack", "PreferDualStack", "RequireDualStack").contains(policy)) {
            faults.add(FieldError.notSupported(
                    "spec.ipFamilyPolicy", policy, "PreferDualStack", "RequireDualStack", "SingleStack"));
        } else if (policy.equals("SingleStack") && (ips.size() > 1 || families.size() > 1)) {
            faults.add(FieldError.invalid(
                    "spec.ipFamilyPolicy",
                    policy,
                    "must be 'RequireDualStack' or 'PreferDualStack' when multiple "
                            + (ips.size() > 1 ? "cluster IPs" : "IP families") + " are specified"));
        } else if (policy.equals("RequireDualStack") && cluster.size() < 2 && families.size() < 2) {
            faults.add(FieldError.invalid(
                    "spec.ipFamilyPolicy", policy, "this cluster is not configured for dual-stack services"));
        }
    }
}
