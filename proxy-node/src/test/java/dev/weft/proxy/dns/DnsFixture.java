package dev.weft.proxy.dns;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.ConfigFactory;
import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.proxy.view.ServiceView;
import dev.weft.proxy.view.ViewBatch;
import dev.weft.proxy.view.ViewUpdate;
import dev.weft.proxy.view.WatchedKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** A picture with a service of every kind, and a server's pure part that answers from it. */
final class DnsFixture {
    static final NodeIdentity NODE = new NodeIdentity("here", "z1", "west");
    static final long NOW = 1_800_000_000L;
    private static final ObjectMapper JSON = new ObjectMapper();

    final DnsSettings settings;
    final Zones zones;
    final DnsAnswer answer;
    final Exchange exchange = new Exchange();
    ServiceView view = ServiceView.empty("here");
    ZoneData data;

    DnsFixture(String... overrides) {
        this(PodDirectory.NONE, overrides);
    }

    DnsFixture(PodDirectory pods, String... overrides) {
        settings = settings(overrides);
        zones = new Zones(settings, "127.0.0.1");
        answer = new DnsAnswer(
                settings,
                zones,
                new NameLookup(zones, settings.pods(), pods),
                new ServerCookies(new SplittableRandom(1)));
        data = ZoneData.unknown(new ServiceNaming(zones, settings.ttl().toSeconds()));
    }

    static DnsSettings settings(String... overrides) {
        return DnsSettings.from(ConfigFactory.parseString(String.join("\n", overrides))
                .withFallback(ConfigFactory.defaultReference().getConfig("weft.proxy.dns"))
                .resolve());
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /** Makes these objects known, the first time as all there are. */
    ViewUpdate apply(WatchedKind kind, JsonNode... objects) {
        Map<String, ViewBatch.Change> changes = new LinkedHashMap<>();
        for (JsonNode object : objects) {
            JsonNode metadata = object.path("metadata");
            changes.put(
                    metadata.path("namespace").asText() + "/"
                            + metadata.path("name").asText(),
                    new ViewBatch.Change(object, false));
        }
        return apply(new ViewBatch(kind, null, changes));
    }

    ViewUpdate delete(WatchedKind kind, String id) {
        return apply(new ViewBatch(kind, null, Map.of(id, new ViewBatch.Change(json("{}"), true))));
    }

    private ViewUpdate apply(ViewBatch batch) {
        ViewUpdate update = view.apply(List.of(batch));
        view = update.view();
        data = data.updated(update, NODE, NOW);
        return update;
    }

    static JsonNode service(String name, String spec) {
        return json("{'metadata':{'namespace':'default','name':'" + name + "'},'spec':{" + spec + "}}");
    }

    /** Endpoints as {@code address[,hostname][,node=N][,zone=Z][,unready][,uid=U]}. */
    static JsonNode slice(String id, String label, String family, String port, String... endpoints) {
        List<String> written = new ArrayList<>();
        for (String endpoint : endpoints) {
            String[] words = endpoint.split(",", -1);
            StringBuilder fields = new StringBuilder("{'addresses':['" + words[0] + "']");
            boolean ready = true;
            for (String word : Arrays.copyOfRange(words, 1, words.length)) {
                if (word.equals("unready")) {
                    ready = false;
                } else if (word.startsWith("node=")) {
                    fields.append(",'nodeName':'").append(word.substring(5)).append("'");
                } else if (word.startsWith("zone=")) {
                    fields.append(",'zone':'").append(word.substring(5)).append("'");
                } else if (word.startsWith("uid=")) {
                    fields.append(",'targetRef':{'uid':'")
                            .append(word.substring(4))
                            .append("'}");
                } else {
                    fields.append(",'hostname':'").append(word).append("'");
                }
            }
            written.add(fields + ",'conditions':{'ready':" + ready + "}}");
        }
        return json("{'metadata':{'namespace':'default','name':'" + id + "','labels':{" + label
                + "}},'addressType':'" + family + "','ports':[{'name':'http','port':" + port
                + ",'protocol':'TCP'}],'endpoints':[" + String.join(",", written) + "]}");
    }

    static String of(String service) {
        return "'kubernetes.io/service-name':'" + service + "'";
    }

    static String imported(String service, String cluster) {
        return "'multicluster.kubernetes.io/service-name':'" + service
                + "','multicluster.kubernetes.io/source-cluster':'" + cluster + "'";
    }

    /** One service of every kind, in the cluster and in the cluster set. */
    DnsFixture withEverything() {
        apply(
                WatchedKind.SERVICES,
                service(
                        "web",
                        "'clusterIP':'127.96.0.10','clusterIPs':['127.96.0.10','fd00::10'],'ports':[{'name':'http','port':80},"
                                + "{'name':'dns','port':53,'protocol':'UDP'}]"),
                service("plain", "'clusterIP':'127.96.0.11','ports':[{'port':81}]"),
                service("db", "'clusterIP':'None','ports':[{'name':'http','port':5432}]"),
                service("empty", "'clusterIP':'None','ports':[{'name':'http','port':1}]"),
                service("outside", "'type':'ExternalName','externalName':'Example.ORG.'"),
                service("inside", "'type':'ExternalName','externalName':'web.default.svc.cluster.local'"),
                service("ring", "'type':'ExternalName','externalName':'ring.default.svc.cluster.local'"),
                service("dangling", "'type':'ExternalName','externalName':'nothing.default.svc.cluster.local'"));
        apply(
                WatchedKind.SLICES,
                slice(
                        "db-4",
                        of("db"),
                        "IPv4",
                        "5432",
                        "10.1.0.1,db-0,uid=a,node=there,zone=z2",
                        "10.1.0.2,db-1,uid=b,node=here,zone=z1",
                        "10.1.0.3,uid=c,node=far,zone=z1",
                        "10.1.0.4,db-3,uid=d,unready"),
                slice("db-6", of("db"), "IPv6", "5432", "fd00::1,db-0,uid=a,node=there,zone=z2"),
                slice("empty-4", of("empty"), "IPv4", "1", "10.2.0.1,unready"),
                slice("shop-w", imported("shop", "west"), "IPv4", "8080", "10.3.0.1,uid=e"),
                slice("shop-e", imported("shop", "east"), "IPv4", "8081", "10.4.0.1,uid=f"),
                slice("peers-w", imported("peers", "west"), "IPv4", "7000", "10.3.0.2,p-0,uid=g"),
                slice("peers-e", imported("peers", "east"), "IPv4", "7001", "10.4.0.2,p-0,uid=h"),
                slice("none-e", imported("none", "east"), "IPv4", "7001", "10.4.0.3,unready"));
        apply(
                WatchedKind.IMPORTS,
                service("shop", "'type':'ClusterSetIP','ips':['127.97.0.1'],'ports':[{'name':'http','port':80}]"),
                service("peers", "'type':'Headless','ports':[{'name':'http','port':7000}]"),
                service("none", "'type':'Headless','ports':[{'name':'http','port':7000}]"));
        return this;
    }

    /** The answer as an independent library reads it. */
    Message ask(String name, int type) {
        return ask(query(name, type, DClass.IN), true);
    }

    static Message query(String name, int type, int queryClass) {
        try {
            Message query = Message.newQuery(Record.newRecord(Name.fromString(name), type, queryClass));
            query.getHeader().unsetFlag(Flags.RD);
            return query;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Message ask(Message query, boolean tcp) {
        byte[] response = bytes(query.toWire(), tcp);
        if (response == null) {
            throw new AssertionError("no answer to " + query);
        }
        try {
            return new Message(response);
        } catch (IOException e) {
            throw new UncheckedIOException("what was answered cannot be read", e);
        }
    }

    byte @Nullable [] bytes(byte[] query, boolean tcp) {
        System.arraycopy(query, 0, exchange.message, 0, query.length);
        exchange.length = query.length;
        exchange.tcp = tcp;
        exchange.client = InetAddress.getLoopbackAddress();
        exchange.epochSeconds = NOW;
        DnsAnswer.Verdict verdict = answer.answer(exchange, data);
        return verdict == DnsAnswer.Verdict.DROP
                ? null
                : Arrays.copyOf(exchange.response.bytes(), exchange.response.length());
    }

    /** Code, then the answers, sorted, each as {@code name type data}; names without the zone's end. */
    static String summary(Message message) {
        List<String> answers = new ArrayList<>();
        for (Record record : message.getSection(Section.ANSWER)) {
            answers.add(record.getName() + " " + Type.string(record.getType()) + " " + record.rdataToString());
        }
        answers.sort(null);
        return org.xbill.DNS.Rcode.string(message.getRcode())
                + (answers.isEmpty() ? "" : " " + String.join("; ", answers));
    }
}
