package dev.weft.deploy.bench.dns;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.proxy.view.ServiceView;
import dev.weft.proxy.view.ViewBatch;
import dev.weft.proxy.view.ViewUpdate;
import dev.weft.proxy.view.WatchedKind;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * One zone in three forms: as Kubernetes objects, as a zone file, and as questions about it. Half of the services have a
 * cluster IP, half are headless with ten endpoints.
 */
final class BenchZone {
    private static final int ENDPOINTS = 10;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final int services;

    BenchZone(int services) {
        this.services = services;
    }

    /** The picture that a server of ours answers from. */
    ViewUpdate view() throws IOException {
        Map<String, ViewBatch.Change> declared = new LinkedHashMap<>();
        Map<String, ViewBatch.Change> slices = new LinkedHashMap<>();
        for (int i = 0; i < services; i++) {
            String ip = headless(i) ? "None" : address(96, i, 0);
            declared.put(
                    "default/s" + i,
                    change("{'metadata':{'namespace':'default','name':'s" + i + "'},'spec':{'clusterIP':'" + ip
                            + "','ports':[{'name':'http','port':80}]}}"));
            if (headless(i)) {
                slices.put("default/s" + i, slice(i, 0));
            }
        }
        ServiceView view = ServiceView.empty("here")
                .apply(List.of(
                        new ViewBatch(WatchedKind.SERVICES, null, declared),
                        new ViewBatch(WatchedKind.SLICES, null, slices)))
                .view();
        return new ViewUpdate(view, view.keys(), true);
    }

    private static ViewBatch.Change slice(int service, int turn) throws IOException {
        StringBuilder endpoints = new StringBuilder();
        for (int e = 1; e <= ENDPOINTS; e++) {
            endpoints
                    .append(e == 1 ? "" : ",")
                    .append("{'addresses':['")
                    .append(address(97, service, e + turn))
                    .append("']}");
        }
        return change("{'metadata':{'namespace':'default','name':'s" + service
                + "','labels':{'kubernetes.io/service-name':'s" + service
                + "'}},'addressType':'IPv4','ports':[{'name':'http','port':80,'protocol':'TCP'}],'endpoints':["
                + endpoints + "]}");
    }

    /** The same as a file for named and knotd. */
    String file() {
        StringBuilder zone = new StringBuilder();
        for (String line : List.of(
                "$ORIGIN cluster.local.",
                "$TTL 5",
                "@ SOA ns.dns hostmaster 1 7200 1800 86400 5",
                "@ NS ns.dns",
                "ns.dns A 127.0.0.1")) {
            zone.append(line).append('\n');
        }
        for (int i = 0; i < services; i++) {
            String name = "s" + i + ".default.svc";
            if (!headless(i)) {
                zone.append(name).append(" A ").append(address(96, i, 0)).append('\n');
                zone.append("_http._tcp." + name + " SRV 0 100 80 " + name + "\n");
                continue;
            }
            for (int e = 1; e <= ENDPOINTS; e++) {
                String address = address(97, i, e);
                String host = address.replace('.', '-') + "." + name;
                zone.append(name).append(" A ").append(address).append('\n');
                zone.append(host).append(" A ").append(address).append('\n');
                zone.append("_http._tcp." + name + " SRV 0 10 80 " + host + "\n");
            }
        }
        return zone.toString();
    }

    /** Of ten: six for a cluster IP, two for a headless service, one for a port, one for what is not there. */
    String questions(int count) {
        SplittableRandom random = new SplittableRandom(7);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < count; i++) {
            int kind = random.nextInt(10);
            int service = random.nextInt(services / 2) * 2 + (kind == 6 || kind == 7 ? 0 : 1);
            String name = "s" + service + ".default.svc.cluster.local";
            out.append(
                    switch (kind) {
                        case 8 -> "_http._tcp." + name + " SRV\n";
                        case 9 -> "no" + name + " A\n";
                        default -> name + " A\n";
                    });
        }
        return out.toString();
    }

    private static boolean headless(int service) {
        return service % 2 == 0;
    }

    private static String address(int second, int service, int last) {
        return "127." + (second + service / 25_000) + "." + service / 100 % 250 + "." + (service % 100 * 2 + 1 + last);
    }

    private static ViewBatch.Change change(String text) throws IOException {
        JsonNode object = JSON.readTree(text.replace('\'', '"'));
        return new ViewBatch.Change(object, false);
    }
}
