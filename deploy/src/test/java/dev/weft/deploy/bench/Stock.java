package dev.weft.deploy.bench;

import java.util.List;

/** Fills a server with Services and ready Pods, dealt out to namespaces, as fast as it takes them. */
final class Stock {
    private static final int CONNECTIONS = 64;

    private final HttpClients clients;
    private final int namespaces;
    private final String prefix;

    /**
     * For one server.
     *
     * @param prefix of the names of namespaces; two stocks of one server differ in it
     * @param namespaces that objects are dealt out to
     */
    Stock(HttpClients clients, String prefix, int namespaces) {
        this.clients = clients;
        this.prefix = prefix;
        this.namespaces = namespaces;
    }

    /** Makes the namespaces. */
    Stock begin() {
        List<HttpConnection> connections = clients.connect(1);
        Loads.closedLoop(
                connections, namespaces, n -> clients.post("/api/v1/namespaces", Bodies.namespace(prefix + n)));
        connections.forEach(HttpConnection::close);
        return this;
    }

    /** Makes so many Services, from the n-th on. */
    Load services(int from, int count) {
        return write(count, n -> clients.post(services(from + n), Bodies.service(service(from + n))));
    }

    /** Deletes so many Services, from the n-th on. */
    Load remove(int from, int count) {
        return write(count, n -> clients.delete(services(from + n) + "/" + service(from + n)));
    }

    /** Exports so many Services, from the n-th on. */
    Load exports(int from, int count) {
        return write(
                count,
                n -> clients.post(
                        "/apis/multicluster.x-k8s.io/v1beta1/namespaces/" + namespace(from + n) + "/serviceexports",
                        Bodies.export(service(from + n))));
    }

    /** Makes Pods for so many Services, from the n-th on, so many each; they are not ready yet. */
    Load pods(int from, int count, int each) {
        return write(count * each, n -> {
            int service = from + n / each;
            return clients.post(pods(service), Bodies.pod(pod(service, n % each), service(service)));
        });
    }

    /** Makes those Pods ready. */
    Load ready(int from, int count, int each) {
        return write(count * each, n -> {
            int service = from + n / each;
            return status(service, n % each, from * each + n, true);
        });
    }

    /** A request that says whether a Pod is ready. */
    io.netty.buffer.ByteBuf status(int service, int pod, int address, boolean ready) {
        return clients.patch(pods(service) + "/" + pod(service, pod) + "/status", Bodies.podStatus(address, ready));
    }

    private Load write(int count, java.util.function.IntFunction<io.netty.buffer.ByteBuf> request) {
        List<HttpConnection> connections = clients.connect(CONNECTIONS);
        Load load = Loads.closedLoop(connections, count, request);
        connections.forEach(HttpConnection::close);
        return load;
    }

    String namespace(int service) {
        return prefix + service % namespaces;
    }

    String service(int service) {
        return "svc-" + service;
    }

    String pod(int service, int pod) {
        return "svc-" + service + "-pod-" + pod;
    }

    String services(int service) {
        return "/api/v1/namespaces/" + namespace(service) + "/services";
    }

    String pods(int service) {
        return "/api/v1/namespaces/" + namespace(service) + "/pods";
    }
}
