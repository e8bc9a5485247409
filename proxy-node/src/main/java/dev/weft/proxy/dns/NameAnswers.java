package dev.weft.proxy.dns;

import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.proxy.view.ServiceKey;
import dev.weft.proxy.view.ServicePicture;
import dev.weft.proxy.view.ServiceView;
import dev.weft.proxy.view.ViewUpdate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the DNS server of a node answers while it has a given picture, without any socket: the questions go through the
 * same steps as those of clients. For one thread.
 */
public final class NameAnswers {
    private static final Map<String, Integer> TYPES =
            Map.of("A", Wire.A, "AAAA", Wire.AAAA, "CNAME", Wire.CNAME, "SRV", Wire.SRV, "PTR", Wire.PTR);

    private final NodeIdentity node;
    private final ServiceView view;
    private final Zones zones;
    private final ServiceNaming naming;
    private final ZoneData data;
    private final DnsAnswer answer;
    private final Exchange exchange = new Exchange();

    /**
     * Answers as a server with these settings would.
     *
     * @param node for which endpoints are near
     */
    public NameAnswers(DnsSettings settings, NodeIdentity node, ServiceView view) {
        this.node = node;
        this.view = view;
        this.zones = new Zones(settings, null);
        this.naming = new ServiceNaming(zones, settings.ttl().toSeconds());
        this.data = ZoneData.unknown(naming).updated(new ViewUpdate(view, Set.of(), true), node, 0);
        this.answer = new DnsAnswer(
                settings,
                zones,
                new NameLookup(zones, settings.pods(), PodDirectory.NONE),
                new ServerCookies(0, 0)); // the questions below bring no cookie
        exchange.tcp = true; // nothing is cut off
    }

    /** One question. */
    public record Question(String name, String type) {}

    /**
     * What comes back.
     *
     * @param outcome {@code NOERROR}, {@code NXDOMAIN}, {@code SERVFAIL}, or {@code REFUSED} for what is in none of the
     *     zones
     */
    public record Answer(Question question, String outcome, List<RecordText> records) {
        public Answer {
            records = List.copyOf(records);
        }
    }

    /**
     * Every name of a service that has records, each with the types that it has; the service's own name first, also where
     * it has none.
     */
    public List<Question> questionsOf(ServiceKey key) {
        ServicePicture picture = view.get(key);
        boolean imported = key.kind() == ServiceKey.Kind.IMPORT;
        List<Question> questions = new ArrayList<>();
        ServiceRecords records = picture == null ? null : naming.of(picture, node);
        String own = key.name() + "." + key.namespace() + ".svc.";
        List<Zone> served = imported ? List.of(zones.clusterSet()) : zones.cluster();
        for (Zone zone : served) {
            String name = own + DnsName.text(zone.wire());
            addAll(
                    questions,
                    name,
                    records == null ? ByteMap.empty() : records.byZone().get(zone.index()));
        }
        if (records != null) {
            Map<String, ByteMap<NameRecords>> clusters = new LinkedHashMap<>();
            records.byCluster().forEach((label, names) -> clusters.put(DnsName.text(label), names));
            clusters.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(cluster -> addAll(
                            questions,
                            own
                                    + cluster.getKey()
                                    + DnsName.text(zones.clusters().wire()),
                            cluster.getValue()));
        }
        return questions;
    }

    private static void addAll(List<Question> questions, String self, ByteMap<NameRecords> names) {
        List<Question> found = new ArrayList<>();
        names.forEach((prefix, records) -> {
            String name = prefix.length == 0 ? self : DnsName.text(prefix) + self;
            if (records.a() != null) {
                found.add(new Question(name, "A"));
            }
            if (records.aaaa() != null) {
                found.add(new Question(name, "AAAA"));
            }
            if (records.cname() != null) {
                found.add(new Question(name, "CNAME"));
            }
            if (records.srv() != null) {
                found.add(new Question(name, "SRV"));
            }
        });
        if (found.stream().noneMatch(question -> question.name().equals(self))) {
            found.add(new Question(self, "A"));
        }
        found.sort(Comparator.comparing((Question question) -> !question.name().equals(self))
                .thenComparing(Question::name)
                .thenComparing(Question::type));
        questions.addAll(found);
    }

    /** Every endpoint of a headless service, in no order: named or not, and why. */
    public List<NameVerdict> endpointsOf(ServiceKey key) {
        ServicePicture picture = view.get(key);
        return picture == null ? List.of() : EndpointNames.judge(picture);
    }

    /** The zones of this cluster's services, of the cluster set, and of single clusters' exports; a dot at each end. */
    public List<String> zones() {
        List<String> names = new ArrayList<>();
        zones.cluster().forEach(zone -> names.add(DnsName.text(zone.wire())));
        names.add(DnsName.text(zones.clusterSet().wire()));
        names.add(DnsName.text(zones.clusters().wire()));
        return names;
    }

    /**
     * Asks.
     *
     * @throws IllegalArgumentException for what is no name, or a type that is not one of A, AAAA, CNAME, SRV, PTR
     */
    public Answer ask(Question question) {
        Integer type = TYPES.get(question.type());
        if (type == null) {
            throw new IllegalArgumentException(
                    "type: " + question.type() + " (expected: one of " + TYPES.keySet() + ")");
        }
        byte[] name = DnsName.wire(question.name());
        ResponseBuffer message = new ResponseBuffer(exchange.message.length);
        message.putShort(0);
        message.putShort(0);
        message.putShort(1);
        message.putShort(0);
        message.putInt(0);
        message.put(name);
        message.putShort(type);
        message.putShort(Wire.CLASS_IN);
        exchange.length = message.length();
        System.arraycopy(message.bytes(), 0, exchange.message, 0, exchange.length);
        DnsAnswer.Verdict verdict = answer.answer(exchange, data);
        byte[] response = exchange.response.bytes();
        int code = verdict == DnsAnswer.Verdict.FORWARD ? Wire.REFUSED : response[3] & 0x0F;
        return new Answer(question, outcome(code), RecordText.answers(response, exchange.length));
    }

    private static String outcome(int code) {
        return switch (code) {
            case Wire.NOERROR -> "NOERROR";
            case Wire.SERVFAIL -> "SERVFAIL";
            case Wire.NXDOMAIN -> "NXDOMAIN";
            case Wire.REFUSED -> "REFUSED";
            default -> "RCODE" + code;
        };
    }
}
