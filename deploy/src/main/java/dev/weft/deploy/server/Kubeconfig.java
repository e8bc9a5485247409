package dev.weft.deploy.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.weft.api.tls.KeyMaterial;
import dev.weft.deploy.client.ApiAccess;
import dev.weft.deploy.terminal.CommandFailed;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Reads a kubeconfig: server, authority, client certificate, token, each in the file or in one that it names. Programs that
 * make credentials ({@code exec}), passwords, servers that are not to be verified or have another name, and proxies are
 * refused in words.
 */
public final class Kubeconfig {
    private static final char[] NO_PASSWORD = new char[0];

    private final Path file;

    private Kubeconfig(Path file) {
        this.file = file;
    }

    /**
     * The access that the file's current context gives.
     *
     * @throws CommandFailed as wrong usage, where it gives none that can be used here
     */
    public static ApiAccess read(Path file) {
        try {
            return new Kubeconfig(file).access(new YAMLMapper().readTree(file.toFile()));
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw CommandFailed.usage("--kubeconfig " + file + ": " + e.getMessage());
        }
    }

    private ApiAccess access(JsonNode config) throws IOException, GeneralSecurityException {
        String current = config.path("current-context").asText();
        JsonNode context = named(config, "contexts", "context", current);
        JsonNode cluster =
                named(config, "clusters", "cluster", context.path("cluster").asText());
        JsonNode user = context.path("user").asText("").isEmpty()
                ? com.fasterxml.jackson.databind.node.MissingNode.getInstance()
                : named(config, "users", "user", context.path("user").asText());
        refuse(cluster, "insecure-skip-tls-verify", "name the server's authority instead");
        refuse(cluster, "tls-server-name", "name the server as its certificate does");
        refuse(cluster, "proxy-url", "name a server that can be reached directly");
        for (String field : List.of("exec", "auth-provider", "username")) {
            refuse(user, field, "give a client certificate, a token or a tokenFile");
        }
        URI server = URI.create(cluster.path("server").asText());
        if (server.getHost() == null) {
            throw new IOException("the cluster of context " + current + " names no server");
        }
        boolean encrypted = "https".equals(server.getScheme());
        return new ApiAccess(server, encrypted ? Optional.of(tls(cluster, user)) : Optional.empty(), token(user));
    }

    private static JsonNode named(JsonNode config, String list, String what, String name) throws IOException {
        for (JsonNode each : config.path(list)) {
            if (each.path("name").asText().equals(name)) {
                return each.path(what);
            }
        }
        throw new IOException("there is no " + what + " '" + name + "' in it");
    }

    private static void refuse(JsonNode section, String field, String remedy) throws IOException {
        JsonNode value = section.path(field);
        if (!value.isMissingNode() && !value.isNull() && (!value.isBoolean() || value.asBoolean())) {
            throw new IOException(field + " is not used here; " + remedy);
        }
    }

    private Supplier<Optional<String>> token(JsonNode user) {
        String token = user.path("token").asText("");
        String from = user.path("tokenFile").asText("");
        if (from.isEmpty()) {
            return () -> token.isEmpty() ? Optional.empty() : Optional.of(token);
        }
        Path path = beside(from);
        return () -> {
            try {
                return Optional.of(
                        Files.readString(path, StandardCharsets.US_ASCII).strip());
            } catch (IOException e) {
                // Without it the server says what is missing, and the next request looks again.
                return Optional.empty();
            }
        };
    }

    private SSLContext tls(JsonNode cluster, JsonNode user) throws IOException, GeneralSecurityException {
        String authority = pem(cluster, "certificate-authority");
        String certificate = pem(user, "client-certificate");
        String key = pem(user, "client-key");
        KeyManager[] keys = certificate.isEmpty() ? null : keys(KeyMaterial.ofPem(certificate, key));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, authority.isEmpty() ? null : trust(KeyMaterial.certificates(authority)), null);
        return context;
    }

    private String pem(JsonNode section, String field) throws IOException {
        String data = section.path(field + "-data").asText("");
        if (!data.isEmpty()) {
            return new String(Base64.getMimeDecoder().decode(data), StandardCharsets.ISO_8859_1);
        }
        String path = section.path(field).asText("");
        return path.isEmpty() ? "" : Files.readString(beside(path), StandardCharsets.ISO_8859_1);
    }

    /** Paths in a kubeconfig start where it lies. */
    private Path beside(String path) {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? Path.of(path) : parent.resolve(path);
    }

    /** Trusts these authorities and nobody else. */
    private static TrustManager[] trust(List<X509Certificate> authorities)
            throws GeneralSecurityException, IOException {
        KeyStore store = emptyStore();
        for (int i = 0; i < authorities.size(); i++) {
            store.setCertificateEntry("authority-" + i, authorities.get(i));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager[] keys(KeyMaterial own) throws GeneralSecurityException, IOException {
        KeyStore store = emptyStore();
        store.setKeyEntry("client", own.key(), NO_PASSWORD, own.chain().toArray(X509Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    /**
     * An access by parts in PEM.
     *
     * @param authority whom to trust; null for what Java trusts
     * @param client whose certificate to show; null for none
     * @param token empty for none
     */
    public static ApiAccess access(
            URI server, @Nullable String authority, ApiKeys.@Nullable ClientPem client, String token) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    client == null ? null : keys(KeyMaterial.ofPem(client.certificate(), client.key())),
                    authority == null ? null : trust(KeyMaterial.certificates(authority)),
                    null);
            return new ApiAccess(
                    server, Optional.of(context), () -> token.isEmpty() ? Optional.empty() : Optional.of(token));
        } catch (IOException | GeneralSecurityException e) {
            throw CommandFailed.failed("the credentials are of no use: " + e.getMessage(), e);
        }
    }
}
