package dev.weft.api;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A workload on loopback that says what it was asked. */
final class Workload implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final String name;
    final CountDownLatch streamBroken = new CountDownLatch(1);

    Workload(String name) {
        this(name, null);
    }

    /** @param keys PKCS #12 with a certificate for TLS, by {@code keytool}'s word {@code changeit}; null for none */
    Workload(String name, @Nullable Path keys) {
        this.name = name;
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try {
            if (keys == null) {
                server = HttpServer.create(anyPort, 0);
            } else {
                HttpsServer secured = HttpsServer.create(anyPort, 0);
                secured.setHttpsConfigurator(new HttpsConfigurator(tls(keys)));
                server = secured;
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("no workload", e);
        }
        server.createContext("/", this::echo);
        server.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().add("Location", "/elsewhere?x=1");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        server.createContext("/size", exchange -> {
            long size = exchange.getRequestBody().transferTo(java.io.OutputStream.nullOutputStream());
            answer(exchange, 200, Long.toString(size));
        });
        server.createContext("/page", this::page);
        server.createContext("/stream", this::stream);
        server.createContext("/silent", exchange -> {
            try {
                streamBroken.await(60, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        });
        server.setExecutor(threads);
        server.start();
    }

    private static SSLContext tls(Path keys) throws IOException, GeneralSecurityException {
        char[] password = "changeit".toCharArray();
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(KeyStore.getInstance(keys.toFile(), password), password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void echo(HttpExchange exchange) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(name + " " + exchange.getRequestMethod() + " " + exchange.getRequestURI());
        exchange.getRequestHeaders()
                .forEach((field, values) ->
                        lines.add(field.toLowerCase(java.util.Locale.ROOT) + ": " + String.join(", ", values)));
        lines.add("");
        lines.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        exchange.getResponseHeaders().add("X-Workload", name);
        exchange.getResponseHeaders().add("Access-Control-Allow-Origin", "*");
        answer(exchange, exchange.getRequestMethod().equals("DELETE") ? 418 : 200, String.join("\n", lines));
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, head ? -1 : bytes.length);
        if (!head) {
            exchange.getResponseBody().write(bytes);
        }
        exchange.close();
    }

    /** A page with a link to the root, packed where the query says so. */
    private void page(HttpExchange exchange) throws IOException {
        byte[] page = "<html><a href=\"/x\">x</a></html>".getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
        boolean packed = "packed".equals(exchange.getRequestURI().getQuery());
        if (packed) {
            exchange.getResponseHeaders().add("Content-Encoding", "gzip");
        }
        exchange.sendResponseHeaders(200, 0);
        try (java.io.OutputStream body =
                packed ? new java.util.zip.GZIPOutputStream(exchange.getResponseBody()) : exchange.getResponseBody()) {
            body.write(page);
        }
        exchange.close();
    }

    /** Lines until nobody reads them. */
    private void stream(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        try {
            while (true) {
                exchange.getResponseBody().write("tick\n".getBytes(StandardCharsets.UTF_8));
                exchange.getResponseBody().flush();
                if (streamBroken.await(20, TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (IOException e) {
            streamBroken.countDown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        streamBroken.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
