package dev.weft.deploy.client;

import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.deploy.terminal.Expected;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How a user names a service: {@code NAME}, {@code NAMESPACE/NAME}, or a name of DNS, each with or without {@code :PORT}.
 *
 * @param scope what is meant by it
 * @param dnsName the name of DNS, if it is a whole one
 * @param port a port's name or number, if one is meant
 */
public record ServiceName(String namespace, String name, Scope scope, Optional<String> dnsName, Optional<String> port) {
    private static final String SVC = "svc";
    private static final Pattern PREFIX = Pattern.compile("_?[a-z0-9]([-a-z0-9]*[a-z0-9])?");

    /** What a name can mean. */
    public enum Scope {
        /** The Service of this cluster, the imported one of the cluster set, or both. */
        ANY,
        CLUSTER,
        CLUSTER_SET
    }

    /**
     * The zones of DNS that services are in.
     *
     * @param cluster of this cluster's services
     * @param clusterSet of the services of the cluster set
     * @param clusters above the names of single clusters
     */
    public record Zones(List<String> cluster, String clusterSet, String clusters) {
        public Zones {
            cluster = List.copyOf(cluster);
        }

        private List<String> all() {
            List<String> all = new ArrayList<>(cluster);
            all.add(clusterSet);
            all.add("CLUSTER." + clusters);
            return all;
        }
    }

    /**
     * Reads what was given.
     *
     * @param namespace where a bare name is looked for
     * @throws CommandFailed as wrong usage
     */
    public static ServiceName parse(String text, String namespace, Zones zones) {
        int colon = text.lastIndexOf(':');
        Optional<String> port = colon < 0 ? Optional.empty() : Optional.of(text.substring(colon + 1));
        String named = colon < 0 ? text : text.substring(0, colon);
        port.ifPresent(given -> requirePort(text, given));
        int slash = named.indexOf('/');
        if (slash >= 0) {
            return of(named.substring(0, slash), named.substring(slash + 1), Scope.ANY, Optional.empty(), port);
        }
        return named.indexOf('.') < 0
                ? of(namespace, named, Scope.ANY, Optional.empty(), port)
                : dotted(text, named.toLowerCase(Locale.ROOT).replaceFirst("\\.$", ""), zones, port);
    }

    private static ServiceName dotted(String text, String name, Zones zones, Optional<String> port) {
        for (String zone : zones.cluster()) {
            if (isIn(name, zone)) {
                return whole(text, name, above(name, zone), Scope.CLUSTER, port);
            }
        }
        if (isIn(name, zones.clusterSet())) {
            return whole(text, name, above(name, zones.clusterSet()), Scope.CLUSTER_SET, port);
        }
        if (isIn(name, zones.clusters())) {
            List<String> labels = above(name, zones.clusters());
            return whole(text, name, labels.subList(0, Math.max(0, labels.size() - 1)), Scope.CLUSTER_SET, port);
        }
        List<String> labels = Arrays.asList(name.split("\\.", -1));
        if (labels.size() == 2 || (labels.size() == 3 && labels.get(2).equals(SVC))) {
            return of(labels.get(1), labels.get(0), Scope.ANY, Optional.empty(), port);
        }
        throw CommandFailed.usage("SERVICE " + text + ": expected NAME, NAMESPACE/NAME, NAME.NAMESPACE, or a name that"
                + " ends in svc." + String.join(", svc.", zones.all()));
    }

    /** {@code [PREFIX.]NAME.NAMESPACE.svc}, where the prefix is a host or {@code _port._protocol}. */
    private static ServiceName whole(
            String text, String name, List<String> labels, Scope scope, Optional<String> port) {
        int svc = labels.size() - 1;
        boolean fits = svc >= 2 && svc <= 4 && labels.get(svc).equals(SVC);
        boolean prefixed = fits
                && labels.subList(0, svc - 2).stream()
                        .allMatch(label -> PREFIX.matcher(label).matches());
        if (!prefixed) {
            throw CommandFailed.usage("SERVICE " + text + ": expected [HOST. or _PORT._PROTOCOL.]NAME.NAMESPACE.svc"
                    + " before the zone");
        }
        return of(labels.get(svc - 1), labels.get(svc - 2), scope, Optional.of(name), port);
    }

    private static ServiceName of(
            String namespace, String name, Scope scope, Optional<String> dnsName, Optional<String> port) {
        Expected.label("the namespace of SERVICE", namespace);
        Expected.label("SERVICE", name);
        return new ServiceName(namespace, name, scope, dnsName, port);
    }

    private static void requirePort(String text, String port) {
        boolean number = port.matches("[0-9]{1,5}") && Integer.parseInt(port) >= 1 && Integer.parseInt(port) <= 65_535;
        boolean name = port.matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?") && !port.matches("[0-9]+");
        if (!number && !name) {
            throw CommandFailed.usage(
                    "SERVICE " + text + ": expected a port's name, or a number from 1 to 65535, after" + " the colon");
        }
    }

    private static boolean isIn(String name, String zone) {
        return name.equals(bare(zone)) || name.endsWith("." + bare(zone));
    }

    private static List<String> above(String name, String zone) {
        int length = name.length() - bare(zone).length() - 1;
        return length <= 0 ? List.of() : Arrays.asList(name.substring(0, length).split("\\.", -1));
    }

    private static String bare(String zone) {
        return zone.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
