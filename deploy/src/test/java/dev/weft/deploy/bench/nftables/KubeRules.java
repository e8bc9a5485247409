package dev.weft.deploy.bench.nftables;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * What kube-proxy's iptables mode gives to {@code iptables-restore --noflush}, in its nat table: a rule for each Service in
 * {@code KUBE-SERVICES}, a chain for each Service with a rule by chance for each endpoint, and a chain for each endpoint. Its filter
 * table is left out, which favours it. Pure.
 */
final class KubeRules {
    private static final String MARK = "KUBE-MARK-MASQ";

    private final List<KubeService> services;
    private final String clients;

    /** A Service of one TCP port 80; endpoints are addresses, served at the port 8080. */
    record KubeService(String name, String address, List<String> endpoints) {
        String chain() {
            return chain("SVC", name);
        }

        String chain(String endpoint) {
            return chain("SEP", name + "/" + endpoint);
        }

        /** Sixteen characters, as kube-proxy has them. */
        private static String chain(String kind, String of) {
            UUID digest = UUID.nameUUIDFromBytes(of.getBytes(StandardCharsets.UTF_8));
            return String.format(Locale.ROOT, "KUBE-%s-%016X", kind, digest.getLeastSignificantBits());
        }
    }

    /** @param clients the network whose connections are not masqueraded */
    KubeRules(List<KubeService> services, String clients) {
        this.services = List.copyOf(services);
        this.clients = clients;
    }

    /** What leads packets there; once, before all else. */
    static String hooks() {
        return "*nat\n:KUBE-SERVICES - [0:0]\n:KUBE-POSTROUTING - [0:0]\n:" + MARK + " - [0:0]\n"
                + "-A PREROUTING -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES\n"
                + "-A OUTPUT -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES\n"
                + "-A POSTROUTING -m comment --comment \"kubernetes postrouting rules\" -j KUBE-POSTROUTING\n"
                + "-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN\n"
                + "-A KUBE-POSTROUTING -j MARK --xor-mark 0x4000\n"
                + "-A KUBE-POSTROUTING -j MASQUERADE --random-fully\n"
                + "-A " + MARK + " -j MARK --or-mark 0x4000\nCOMMIT\n";
    }

    /** Everything. */
    String all() {
        StringBuilder chains = new StringBuilder("*nat\n");
        StringBuilder rules = new StringBuilder();
        portals(chains, rules);
        services.forEach(service -> service(service, chains, rules));
        return chains.append(rules).append("COMMIT\n").toString();
    }

    /**
     * What a change of one Service's endpoints takes: its own chains, and all of {@code KUBE-SERVICES} (kube-proxy's partial
     * sync, the least that any release writes).
     *
     * @param before how it was
     * @param now how it is, one of the Services given
     */
    String change(KubeService before, KubeService now) {
        StringBuilder chains = new StringBuilder("*nat\n");
        StringBuilder rules = new StringBuilder();
        portals(chains, rules);
        service(now, chains, rules);
        before.endpoints().stream()
                .filter(endpoint -> !now.endpoints().contains(endpoint))
                .forEach(endpoint -> {
                    chains.append(':').append(before.chain(endpoint)).append(" - [0:0]\n");
                    rules.append("-X ").append(before.chain(endpoint)).append('\n');
                });
        return chains.append(rules).append("COMMIT\n").toString();
    }

    private void portals(StringBuilder chains, StringBuilder rules) {
        chains.append(":KUBE-SERVICES - [0:0]\n");
        services.forEach(service -> rules.append("-A KUBE-SERVICES ")
                .append(listener(service))
                .append(" -j ")
                .append(service.chain())
                .append('\n'));
    }

    private void service(KubeService service, StringBuilder chains, StringBuilder rules) {
        String own = "-A " + service.chain() + " ";
        chains.append(':').append(service.chain()).append(" - [0:0]\n");
        rules.append(own)
                .append(listener(service))
                .append(" ! -s ")
                .append(clients)
                .append(" -j " + MARK + "\n");
        int left = service.endpoints().size();
        for (String endpoint : service.endpoints()) {
            String chain = service.chain(endpoint);
            chains.append(':').append(chain).append(" - [0:0]\n");
            rules.append(own)
                    .append("-m comment --comment \"default/")
                    .append(service.name())
                    .append(" -> ")
                    .append(endpoint)
                    .append(":8080\" ");
            if (left > 1) {
                rules.append(String.format(Locale.ROOT, "-m statistic --mode random --probability %.10f ", 1.0 / left));
            }
            left--;
            String comment = "-A " + chain + " -m comment --comment default/" + service.name();
            rules.append("-j ").append(chain).append('\n');
            rules.append(comment).append(" -s ").append(endpoint).append(" -j " + MARK + "\n");
            rules.append(comment)
                    .append(" -m tcp -p tcp -j DNAT --to-destination ")
                    .append(endpoint)
                    .append(":8080\n");
        }
    }

    private static String listener(KubeService service) {
        return "-m comment --comment \"default/" + service.name() + " cluster IP\" -m tcp -p tcp -d "
                + service.address() + " --dport 80";
    }
}
