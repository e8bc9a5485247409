package dev.weft.api.authentication;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tokens that an administrator wrote into a file, in Kubernetes' form: {@code token,user,uid,"group1,group2"}, one a line.
 * Kept as hashes, so that how long a look-up takes tells nothing.
 */
public final class StaticTokens {
    /** No tokens. */
    public static final StaticTokens NONE = new StaticTokens(Map.of());

    private static final int LEAST_COLUMNS = 3;

    private final Map<String, User> byHash;

    private StaticTokens(Map<String, User> byHash) {
        this.byHash = Map.copyOf(byHash);
    }

    /**
     * Reads a file's text. Of two lines with one token the later counts.
     *
     * @throws IllegalArgumentException in a sentence with the line's number; never with the token
     */
    public static StaticTokens parse(String text) {
        Map<String, User> found = new HashMap<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            List<String> columns = columns(line);
            if (columns.size() < LEAST_COLUMNS
                    || columns.get(0).isEmpty()
                    || columns.get(1).isEmpty()) {
                throw new IllegalArgumentException("line " + (i + 1)
                        + ": expected token,user,uid and, if any, \"group1,group2\"; the first two must not be empty");
            }
            List<String> groups = columns.size() > LEAST_COLUMNS
                    ? Arrays.stream(columns.get(LEAST_COLUMNS).split(",", -1))
                            .map(String::strip)
                            .filter(group -> !group.isEmpty())
                            .toList()
                    : List.of();
            found.put(hash(columns.get(0)), User.authenticated(columns.get(1), columns.get(2), groups, Map.of()));
        }
        return new StaticTokens(found);
    }

    private static List<String> columns(String line) {
        List<String> columns = new ArrayList<>();
        StringBuilder column = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                boolean twice = quoted && i + 1 < line.length() && line.charAt(i + 1) == '"';
                if (twice) {
                    column.append('"');
                    i++;
                } else {
                    quoted = !quoted;
                }
            } else if (c == ',' && !quoted) {
                columns.add(column.toString().strip());
                column.setLength(0);
            } else {
                column.append(c);
            }
        }
        columns.add(column.toString().strip());
        return columns;
    }

    /** Whose token it is. */
    public Optional<User> find(String token) {
        return byHash.isEmpty() ? Optional.empty() : Optional.ofNullable(byHash.get(hash(token)));
    }

    /** How many there are. */
    public int size() {
        return byHash.size();
    }

    static String hash(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("a Java without SHA-256", e);
        }
    }
}
