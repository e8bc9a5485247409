package dev.weft.proxy.explanation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.proxy.balance.BalanceSettings;
import dev.weft.proxy.dns.DnsSettings;
import dev.weft.proxy.dns.NameAnswers;
import dev.weft.proxy.explanation.Explanation.Name;
import dev.weft.proxy.explanation.Explanation.Vantage;
import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.proxy.selection.TrafficRules;
import dev.weft.proxy.view.ServiceKey;
import dev.weft.proxy.view.ServicePicture;
import dev.weft.proxy.view.ServiceView;
import dev.weft.proxy.view.ViewBatch;
import dev.weft.proxy.view.WatchedKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells what a proxy-node with these settings makes of what was observed; pure. */
public final class Explainer {
    private static final String ZONE = "topology.kubernetes.io/zone";
    private static final List<String> ADDRESS_TYPES = List.of("A", "AAAA", "SRV");

    private final BalanceSettings balance;
    private final DnsSettings dns;
    private final List<String> nodeAddresses;

    /**
     * Of proxy-nodes with these settings.
     *
     * @param nodeAddresses where their node ports listen
     */
    public Explainer(BalanceSettings balance, DnsSettings dns, List<String> nodeAddresses) {
        this.balance = balance;
        this.dns = dns;
        this.nodeAddresses = List.copyOf(nodeAddresses);
    }

    /**
     * Explains all that is there.
     *
     * @param askedName a name of DNS that is to be answered too; null for none
     */
    public Explanation explain(Observation observed, @Nullable String askedName) {
        NodeIdentity node = identity(observed);
        ServiceView view = view(observed, node.name());
        NameAnswers answers = new NameAnswers(dns, node, view);
        Federation federation = new Federation(observed, node.cluster());
        List<ServiceExplanation> services = new ArrayList<>();
        TrafficRules rules = TrafficRules.of(view);
        Teller teller = (object, key) -> {
            ServicePicture picture = view.get(key);
            ServicePicture known = picture == null ? new ServicePicture(key, null, Map.of()) : picture;
            services.add(new ServiceStory(object, known, node, federation, balance, rules)
                    .tell(nodeAddresses, names(answers, key), answers.endpointsOf(key)));
        };
        JsonNode service = observed.service();
        if (service != null) {
            teller.tell(service, ServiceKey.service(namespace(service), name(service)));
        }
        JsonNode imported = observed.imported();
        if (imported != null) {
            teller.tell(imported, ServiceKey.imported(namespace(imported), name(imported)));
        }
        List<Name> asked = new ArrayList<>();
        if (askedName != null) {
            for (String type : ADDRESS_TYPES) {
                asked.add(name(answers.ask(new NameAnswers.Question(askedName, type))));
            }
        }
        return new Explanation(new Vantage(node.name(), node.zone(), node.cluster()), asked, services, notSeen());
    }

    private static List<Name> names(NameAnswers answers, ServiceKey key) {
        return answers.questionsOf(key).stream()
                .map(question -> name(answers.ask(question)))
                .toList();
    }

    private static Name name(NameAnswers.Answer answer) {
        return new Name(
                answer.question().name(),
                answer.question().type(),
                answer.outcome(),
                answer.records().stream()
                        .map(record ->
                                new Name.Answer(record.name(), record.ttlSeconds(), record.type(), record.data()))
                        .toList());
    }

    private static NodeIdentity identity(Observation observed) {
        JsonNode node = observed.node();
        String cluster = observed.clusters().stream()
                .filter(each -> each.path("status").path("self").asBoolean())
                .map(each -> each.path("metadata").path("name").asText())
                .findFirst()
                .orElse("");
        return new NodeIdentity(
                node == null ? "" : node.path("metadata").path("name").asText(),
                node == null
                        ? ""
                        : node.path("metadata").path("labels").path(ZONE).asText(""),
                cluster);
    }

    private static ServiceView view(Observation observed, String nodeName) {
        List<ViewBatch> batches = new ArrayList<>();
        List<JsonNode> services = new ArrayList<>(listOf(observed.service()));
        services.addAll(listOf(observed.traffic()));
        batches.add(new ViewBatch(WatchedKind.SERVICES, services, Map.of()));
        batches.add(new ViewBatch(WatchedKind.IMPORTS, listOf(observed.imported()), Map.of()));
        batches.add(new ViewBatch(WatchedKind.SLICES, observed.slices(), Map.of()));
        return ServiceView.empty(nodeName).apply(batches).view();
    }

    private static List<JsonNode> listOf(@Nullable JsonNode object) {
        return object == null ? List.of() : List.of(object);
    }

    private static String namespace(JsonNode object) {
        return object.path("metadata").path("namespace").asText();
    }

    private static String name(JsonNode object) {
        return object.path("metadata").path("name").asText();
    }

    private interface Teller {
        void tell(JsonNode object, ServiceKey key);
    }

    private static List<String> notSeen() {
        return List.of(
                "Which connections are open, which endpoints a proxy-node has just failed to connect to, and how fast they"
                        + " answer: only a running proxy-node knows; it passes over an endpoint that refuses for that"
                        + " connection, ejects one that fails again and again for a while, and orders other clusters by"
                        + " the round trips that it measures (above: by those of gossip, where they are known).",
                "Which endpoint a client with session affinity has already, whether the kernel or"
                        + " listeners serve it there, and whether the listeners could be bound.");
    }
}
