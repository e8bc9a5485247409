package dev.weft.deploy.bench.dns;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.deploy.child.Children;
import dev.weft.deploy.child.WeftProgram;
import dev.weft.deploy.client.ApiClient;
import dev.weft.registry.testbed.FreePorts;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * How long after its commit a change of an EndpointSlice is seen in DNS: a whole server, one writer over the REST API, and
 * one reader that asks without a pause. The commit lies between the writer's request and the answer to it, so both
 * figures are printed; the truth is between them.
 */
final class ChangeSeen {
    private static final String SLICES = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";
    private static final double BAR_MILLIS = 20;
    private static final byte[] QUESTION = "\0\1\0\0\0\1\0\0\0\0\0\0\4seen\7default\3svc\7cluster\5local\0\0\1\0\1"
            .getBytes(StandardCharsets.ISO_8859_1);

    private final ObjectMapper mapper = new ObjectMapper();
    private final Path directory;
    private final int services;
    private final int changes;

    ChangeSeen(Path directory, int services, int changes) {
        this.directory = directory;
        this.services = services;
        this.changes = changes;
    }

    void run() throws IOException {
        Path data = directory.resolve("server");
        delete(data);
        int api = FreePorts.at("127.0.0.1");
        int dns = FreePorts.at("127.0.0.1");
        try (Children children = new Children(WeftProgram.ofThisProcess())) {
            List<String> arguments = List.of(
                    "server",
                    "--cluster",
                    "bench",
                    "--data",
                    data.toString(),
                    "--api",
                    "127.0.0.1:" + api,
                    "--dns",
                    "127.0.0.1:" + dns,
                    "--gossip",
                    "127.0.0.1:" + FreePorts.at("127.0.0.1"),
                    "--service-cidr",
                    "127.137.0.0/16",
                    "--clusterset-cidr",
                    "127.138.0.0/16");
            children.start("server", arguments, directory.resolve("server.log")).awaitReady(Duration.ofMinutes(2));
            measure(new ApiClient(URI.create("http://127.0.0.1:" + api)), dns);
        }
    }

    private void measure(ApiClient api, int dns) throws IOException {
        String collection = "/api/v1/namespaces/default/services";
        for (int i = 0; i < services; i++) {
            api.accepted(
                    "POST",
                    api.create(
                            collection,
                            json("{'metadata':{'name':'s" + i
                                    + "'},'spec':{'clusterIP':'None','ports':[{'name':'http','port':80}]}}")));
            api.accepted("POST", api.create(SLICES, slice("s" + i, 1)));
        }
        api.accepted(
                "POST",
                api.create(
                        collection,
                        json("{'metadata':{'name':'seen'},'spec':{'clusterIP':'None',"
                                + "'ports':[{'name':'http','port':80}]}}")));
        api.accepted("POST", api.create(SLICES, slice("seen", 0)));
        List<Double> sinceAsked = new ArrayList<>();
        List<Double> sinceAnswered = new ArrayList<>();
        for (int i = 1; i <= changes; i++) {
            Reader reader = new Reader(dns, i % 250 + 1);
            Thread reading = new Thread(reader, "reader");
            reading.start();
            JsonNode changed = slice("seen", i % 250 + 1);
            long asked = System.nanoTime();
            api.accepted("PUT", api.replace(SLICES + "/seen", changed));
            long answered = System.nanoTime();
            join(reading);
            sinceAsked.add((reader.seenNanos - asked) / 1e6);
            sinceAnswered.add(Math.max(0, reader.seenNanos - answered) / 1e6);
        }
        report("the request for it", sinceAsked.subList(changes / 5, changes)); // the first fifth warms up
        report("the answer to it", sinceAnswered.subList(changes / 5, changes));
    }

    private void report(String since, List<Double> millis) {
        List<Double> sorted = millis.stream().sorted().toList();
        double p99 = sorted.get((int) (sorted.size() * 0.99));
        System.out.printf(
                Locale.ROOT,
                "A change among %d services is seen in DNS after %s: p50 %.1f ms, p99 %.1f ms (bar %.0f ms after its"
                        + " commit: %s)%n",
                services,
                since,
                sorted.get(sorted.size() / 2),
                p99,
                BAR_MILLIS,
                p99 <= BAR_MILLIS ? "reached" : "NOT reached");
    }

    /** Asks until the answer ends in this byte. */
    private static final class Reader implements Runnable {
        private final int port;
        private final int last;
        private volatile long seenNanos;

        private Reader(int port, int last) {
            this.port = port;
            this.last = last;
        }

        @Override
        public void run() {
            try (DatagramSocket socket = new DatagramSocket()) {
                socket.setSoTimeout(1000);
                DatagramPacket answer = new DatagramPacket(new byte[512], 512);
                do {
                    socket.send(new DatagramPacket(QUESTION, QUESTION.length, InetAddress.getLoopbackAddress(), port));
                    socket.receive(answer);
                } while ((answer.getData()[answer.getLength() - 1] & 0xFF) != last);
                seenNanos = System.nanoTime();
            } catch (IOException e) {
                throw new IllegalStateException("DNS does not answer", e);
            }
        }
    }

    private JsonNode slice(String service, int last) {
        return json("{'metadata':{'name':'" + service + "','labels':{'kubernetes.io/service-name':'" + service
                + "'}},'addressType':'IPv4','ports':[{'name':'http','port':80,'protocol':'TCP'}],"
                + "'endpoints':[{'addresses':['127.139.0." + last + "']}]}");
    }

    private JsonNode json(String text) {
        try {
            return mapper.readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static void delete(Path tree) throws IOException {
        if (Files.exists(tree)) {
            try (Stream<Path> paths = Files.walk(tree)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}
