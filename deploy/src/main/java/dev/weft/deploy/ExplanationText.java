package dev.weft.deploy;

import dev.weft.proxy.explanation.Explanation;
import dev.weft.proxy.explanation.ServiceExplanation;
import dev.weft.proxy.explanation.ServiceExplanation.Endpoint;
import dev.weft.proxy.explanation.ServiceExplanation.Listener;
import dev.weft.proxy.explanation.ServiceExplanation.Route;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** An explanation for people: aligned lines of plain text. For one thread. */
final class ExplanationText {
    /** Of one name's records, and of one headless service's names; {@code -o json} tells all. */
    private static final int MOST_RECORDS = 20;

    private final List<String> lines = new ArrayList<>();

    private ExplanationText() {}

    static List<String> of(Explanation explanation, List<String> unread) {
        ExplanationText text = new ExplanationText();
        text.lines.add("seen from " + vantage(explanation.seenFrom()));
        if (!explanation.asked().isEmpty()) {
            text.lines.add("");
            text.lines.add("asked for " + explanation.asked().get(0).name() + ":");
            text.names(explanation.asked());
        }
        explanation.services().forEach(text::service);
        text.lines.add("");
        text.lines.add("Not seen:");
        unread.forEach(sentence -> text.lines.add("  " + sentence));
        explanation.notSeen().forEach(sentence -> text.lines.add("  " + sentence));
        return text.lines;
    }

    private static String vantage(Explanation.Vantage vantage) {
        String cluster = vantage.cluster().isEmpty() ? "" : " of cluster " + vantage.cluster();
        if (vantage.node().isEmpty()) {
            return "nowhere: no node and no zone" + (cluster.isEmpty() ? "" : "," + cluster.replace(" of", " in"))
                    + " (name one with --from NODE)";
        }
        return "node " + vantage.node() + (vantage.zone().isEmpty() ? " (no zone)" : " (zone " + vantage.zone() + ")")
                + cluster;
    }

    private void service(ServiceExplanation service) {
        lines.add("");
        lines.add(service.kind() + " " + service.namespace() + "/" + service.name());
        field("type", service.type());
        listeners(service.listeners());
        ServiceExplanation.Balancing balancing = service.balancing();
        if (balancing != null) {
            field(
                    "algorithm",
                    balancing.algorithm() + " (" + balancing.chosenBy() + ")" + pairs(balancing.parameters()));
            Long affinity = balancing.affinitySeconds();
            field("affinity", affinity == null ? "none" : "ClientIP, " + affinity + " s");
        }
        if (!service.policies().isEmpty()) {
            field("policies", pairs(service.policies()).strip());
        }
        service.remarks().forEach(remark -> field("note", remark));
        if (!service.names().isEmpty()) {
            lines.add("  DNS answers");
            names(service.names());
        }
        ServiceExplanation.Federation federation = service.federation();
        if (federation != null) {
            federation(federation);
        }
        service.routes().forEach(this::route);
    }

    private void listeners(List<Listener> listeners) {
        Map<String, List<String>> byAddress = new LinkedHashMap<>();
        for (Listener listener : listeners) {
            ServiceExplanation.Port port = listener.servicePort();
            String text = (port.name().isEmpty() ? "" : port.name() + " ") + listener.port() + "/" + port.protocol()
                    + (listener.relayed() ? "" : " (nobody listens)");
            byAddress
                    .computeIfAbsent(listener.use() + "\n" + listener.address(), absent -> new ArrayList<>())
                    .add(text);
        }
        byAddress.forEach((key, ports) -> {
            int split = key.indexOf('\n');
            field(key.substring(0, split), key.substring(split + 1) + "  " + String.join(", ", ports));
        });
    }

    private void names(List<Explanation.Name> names) {
        List<List<String>> rows = new ArrayList<>();
        int more = 0;
        for (Explanation.Name name : names) {
            if (rows.size() >= MOST_RECORDS) {
                more += Math.max(1, name.records().size());
                continue;
            }
            if (name.records().isEmpty()) {
                rows.add(List.of(
                        name.name(),
                        "",
                        name.type(),
                        name.outcome().equals("NOERROR") ? "no such record" : name.outcome()));
            }
            name.records().stream()
                    .limit(MOST_RECORDS)
                    .forEach(record ->
                            rows.add(List.of(record.name(), record.ttlSeconds() + "s", record.type(), record.data())));
            more += Math.max(0, name.records().size() - MOST_RECORDS);
        }
        table(rows, "    ");
        if (more > 0) {
            lines.add("    and " + more + " more (-o json tells all)");
        }
    }

    private void federation(ServiceExplanation.Federation federation) {
        field("decides", federation.decides() + ": " + federation.because());
        field("conflict", federation.conflict());
        federation.messages().forEach(message -> lines.add("    " + message));
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("EXPORTED BY", "SINCE", "TYPE", "PORTS", "STATE", "FRESHNESS", "READY"));
        federation
                .exports()
                .forEach(export -> rows.add(List.of(
                        export.cluster() + (export.decides() ? " *" : ""),
                        export.exportedAt(),
                        export.type(),
                        String.join(",", export.ports()),
                        export.state(),
                        orDash(export.freshness())
                                + (export.staleSince().isEmpty() ? "" : " since " + export.staleSince()),
                        export.ready() + "/" + export.endpoints())));
        table(rows, "    ");
    }

    private void route(Route route) {
        ServiceExplanation.Port port = route.port();
        String what = port == null
                ? "Endpoints by name"
                : "Port " + port.text() + ", " + route.family() + ", "
                        + (route.traffic().equals("all") ? "all traffic" : "traffic from " + route.traffic());
        lines.add("  " + what + ": " + route.outcome());
        lines.add("    decided by " + route.decidedBy());
        if (!route.sharesAre().isEmpty()) {
            lines.add("    shares are parts " + route.sharesAre());
        }
        if (route.endpoints().isEmpty()) {
            lines.add("    there is no endpoint in any slice of it");
            return;
        }
        boolean weighted = route.endpoints().stream().anyMatch(endpoint -> endpoint.weight() != 1);
        List<List<String>> rows = new ArrayList<>();
        List<String> heading = new ArrayList<>(
                List.of("ENDPOINT", "CLUSTER", "NODE", "ZONE", "FRESHNESS", "CONDITIONS", "CHOICE", "SHARE"));
        if (weighted) {
            heading.add("WEIGHT");
        }
        heading.add("REASON");
        rows.add(heading);
        route.endpoints().forEach(endpoint -> rows.add(row(endpoint, weighted)));
        table(rows, "    ");
    }

    private static List<String> row(Endpoint endpoint, boolean weighted) {
        Double share = endpoint.sharePercent();
        List<String> row = new ArrayList<>(List.of(
                endpoint.address(),
                orDash(endpoint.cluster()),
                orDash(endpoint.node()),
                orDash(endpoint.zone()),
                orDash(endpoint.freshness()),
                conditions(endpoint),
                endpoint.inChoice() ? "IN" : "OUT",
                share == null ? "-" : String.format(Locale.ROOT, "%.1f%%", share)));
        if (weighted) {
            row.add(Integer.toString(endpoint.weight()));
        }
        row.add(endpoint.because());
        return row;
    }

    private static String conditions(Endpoint endpoint) {
        Map<String, Boolean> all = new TreeMap<>();
        all.put("ready", endpoint.ready());
        all.put("serving", endpoint.serving());
        all.put("terminating", endpoint.terminating());
        String held = all.entrySet().stream()
                .filter(Map.Entry::getValue)
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(","));
        return orDash(held);
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }

    private static String pairs(Map<String, String> pairs) {
        return pairs.entrySet().stream()
                .map(pair -> " " + pair.getKey() + "=" + pair.getValue())
                .collect(Collectors.joining());
    }

    private void field(String name, String value) {
        lines.add(String.format(Locale.ROOT, "  %-12s %s", name, value));
    }

    /** Columns as wide as their widest cell. */
    private void table(List<List<String>> rows, String indent) {
        List<Integer> widths = new ArrayList<>();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                int width = row.get(i).length();
                if (i == widths.size()) {
                    widths.add(width);
                } else {
                    widths.set(i, Math.max(widths.get(i), width));
                }
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder(indent);
            for (int i = 0; i < row.size(); i++) {
                boolean last = i == row.size() - 1;
                String cell = row.get(i);
                line.append(cell).append(last ? "" : " ".repeat(widths.get(i) - cell.length() + 2));
            }
            lines.add(line.toString().stripTrailing());
        }
    }
}
