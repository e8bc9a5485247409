package dev.weft.registry.journal;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a PostgreSQL database is and who asks for it. Never prints the password.
 *
 * @param location {@code HOST:PORT/DATABASE}
 * @param parameters what the connection is told besides, of {@link #PARAMETERS}
 */
public record StoreAddress(String location, String user, Optional<String> password, Map<String, String> parameters) {
    /** What may follow the {@code ?}: how the connection is secured, and which of several servers is meant. */
    public static final Set<String> PARAMETERS =
            Set.of("sslmode", "sslrootcert", "sslcert", "sslkey", "targetServerType");

    private static final String FORM = "(expected: postgresql://USER[:PASSWORD]@HOST[:PORT]/DATABASE)";
    private static final int DEFAULT_PORT = 5432;

    public StoreAddress {
        parameters = Map.copyOf(parameters);
    }

    /**
     * Reads {@code postgresql://USER[:PASSWORD]@HOST[:PORT]/DATABASE[?PARAMETER=VALUE&...]}.
     *
     * @throws IllegalArgumentException with one sentence that holds no password
     */
    public static StoreAddress parse(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            // Neither the text nor the cause, since both may hold a password.
            throw new IllegalArgumentException("the store's address cannot be read " + FORM);
        }
        String host = uri.getHost();
        String path = uri.getPath() == null ? "" : uri.getPath();
        if (!"postgresql".equals(uri.getScheme()) || host == null || path.length() < 2 || path.indexOf('/', 1) >= 0) {
            throw new IllegalArgumentException("the store's address cannot be read " + FORM);
        }
        String[] who = uri.getRawUserInfo() == null
                ? new String[] {""}
                : uri.getRawUserInfo().split(":", 2);
        if (who[0].isEmpty()) {
            throw new IllegalArgumentException("the store's address names no user " + FORM);
        }
        int port = uri.getPort() == -1 ? DEFAULT_PORT : uri.getPort();
        return new StoreAddress(
                host + ":" + port + path,
                decoded(who[0]),
                who.length == 2 ? Optional.of(decoded(who[1])) : Optional.empty(),
                parameters(uri.getRawQuery()));
    }

    private static Map<String, String> parameters(@Nullable String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (query != null) {
            for (String parameter : query.split("&", -1)) {
                String[] parts = parameter.split("=", 2);
                if (parts.length != 2 || !PARAMETERS.contains(parts[0])) {
                    throw new IllegalArgumentException(
                            "the store's address has the parameter " + parts[0] + " (expected: of " + PARAMETERS + ")");
                }
                parameters.put(parts[0], decoded(parts[1]));
            }
        }
        return parameters;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** The same, asked for with another password. */
    public StoreAddress with(String secret) {
        return new StoreAddress(location, user, Optional.of(secret), parameters);
    }

    String jdbcUrl() {
        return "jdbc:postgresql://" + location;
    }

    @Override
    public String toString() {
        return "postgresql://" + user + "@" + location;
    }
}
