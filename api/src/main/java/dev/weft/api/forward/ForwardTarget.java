package dev.weft.api.forward;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the URL of a request to be passed on names.
 *
 * @param plural {@code services} or {@code pods}
 * @param id as it stands in the URL, for messages
 * @param scheme empty, {@code http} or {@code https}
 * @param port a number or a name; empty where the URL has none
 * @param prefix the path up to and with {@code proxy}, encoded
 * @param rest the path behind it, encoded; empty, or with a slash at the front
 */
public record ForwardTarget(
        String plural,
        String namespace,
        String id,
        String scheme,
        String name,
        String port,
        String prefix,
        String rest) {

    /** So many segments stand before the rest: {@code api v1 namespaces NS services ID proxy}. */
    private static final int SEGMENTS = 7;

    /**
     * Reads a path.
     *
     * @param segments behind the version, decoded, without empty ones
     * @param path the whole path, encoded
     * @return null if it is not one that is passed on; a target without a name if its id makes no sense
     */
    public static @Nullable ForwardTarget parse(List<String> segments, String path) {
        boolean proxy = segments.size() >= 5
                && segments.get(0).equals("namespaces")
                && (segments.get(2).equals("services") || segments.get(2).equals("pods"))
                && segments.get(4).equals("proxy");
        if (!proxy) {
            return null;
        }
        int end = endOf(path, SEGMENTS);
        String id = segments.get(3);
        String[] parts = id.split(":", -1);
        String scheme = parts.length == 3 ? parts[0] : "";
        String name = parts.length == 3 ? parts[1] : parts[0];
        boolean valid = parts.length <= 3 && (scheme.isEmpty() || scheme.equals("http") || scheme.equals("https"));
        return new ForwardTarget(
                segments.get(2),
                segments.get(1),
                id,
                scheme,
                valid ? name : "",
                parts.length == 1 ? "" : parts[parts.length - 1],
                path.substring(0, end),
                path.substring(end));
    }

    /** Where a non-empty segment of a path ends, counted from 1. */
    private static int endOf(String path, int segment) {
        int at = 0;
        for (int i = 0; i < segment; i++) {
            while (at < path.length() && path.charAt(at) == '/') {
                at++;
            }
            int slash = path.indexOf('/', at);
            at = slash < 0 ? path.length() : slash;
        }
        return at;
    }

    /** Whether it is a Service rather than a Pod. */
    public boolean service() {
        return plural.equals("services");
    }

    boolean valid() {
        return !name.isEmpty();
    }

    boolean tls() {
        return scheme.equals("https");
    }
}
