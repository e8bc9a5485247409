package dev.weft.api.authentication;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a service account's token says.
 *
 * @param id of this one token
 * @param bound what it ends with, besides the account
 */
public record AccountToken(
        String id,
        String issuer,
        Account account,
        Optional<Bound> bound,
        List<String> audiences,
        Instant issued,
        Instant expires) {
    private static final String PRIVATE = "kubernetes.io";
    private static final String EXTRA = "authentication.kubernetes.io/";

    public AccountToken {
        audiences = List.copyOf(audiences);
    }

    /** The account that it speaks for. */
    public record Account(String namespace, String name, String uid) {
        /** What the account is called as a user. */
        public String userName() {
            return "system:serviceaccount:" + namespace + ":" + name;
        }
    }

    /**
     * An object whose end is the token's.
     *
     * @param kind {@code Pod}, {@code Secret} or {@code Node}
     */
    public record Bound(String kind, String name, String uid) {}

    /** The user that it makes its bearer. */
    public User user() {
        Map<String, List<String>> extra = new TreeMap<>();
        extra.put(EXTRA + "credential-id", List.of("JTI=" + id));
        bound.filter(object -> !object.kind().equals("Secret")).ifPresent(object -> {
            String kind = object.kind().toLowerCase(java.util.Locale.ROOT);
            extra.put(EXTRA + kind + "-name", List.of(object.name()));
            extra.put(EXTRA + kind + "-uid", List.of(object.uid()));
        });
        return User.authenticated(
                account.userName(),
                account.uid(),
                List.of("system:serviceaccounts", "system:serviceaccounts:" + account.namespace()),
                extra);
    }

    /** As the claims of a JSON web token, in Kubernetes' names. */
    public ObjectNode claims() {
        ObjectNode claims = JsonNodeFactory.instance.objectNode();
        audiences.forEach(claims.putArray("aud")::add);
        claims.put("exp", expires.getEpochSecond());
        claims.put("iat", issued.getEpochSecond());
        claims.put("iss", issuer);
        claims.put("jti", id);
        ObjectNode own = claims.putObject(PRIVATE);
        own.put("namespace", account.namespace());
        bound.ifPresent(object -> own.putObject(object.kind().toLowerCase(java.util.Locale.ROOT))
                .put("name", object.name())
                .put("uid", object.uid()));
        own.putObject("serviceaccount").put("name", account.name()).put("uid", account.uid());
        claims.put("nbf", issued.getEpochSecond());
        claims.put("sub", account.userName());
        return claims;
    }

    /** Reads claims whose signature holds; empty where they are not of a service account. */
    public static Optional<AccountToken> of(JsonNode claims) {
        JsonNode own = claims.path(PRIVATE);
        Account account = new Account(
                own.path("namespace").asText(),
                own.at("/serviceaccount/name").asText(),
                own.at("/serviceaccount/uid").asText());
        if (!claims.path("sub").asText().equals(account.userName())
                || account.uid().isEmpty()
                || !claims.path("exp").isIntegralNumber()) {
            return Optional.empty();
        }
        List<String> audiences = new ArrayList<>();
        claims.path("aud").forEach(each -> audiences.add(each.asText()));
        return Optional.of(new AccountToken(
                claims.path("jti").asText(),
                claims.path("iss").asText(),
                account,
                bound(own),
                audiences,
                Instant.ofEpochSecond(claims.path("nbf").asLong()),
                Instant.ofEpochSecond(claims.path("exp").asLong())));
    }

    private static Optional<Bound> bound(JsonNode own) {
        for (String kind : List.of("Pod", "Secret", "Node")) {
            JsonNode object = own.path(kind.toLowerCase(java.util.Locale.ROOT));
            if (object.isObject()) {
                return Optional.of(new Bound(
                        kind, object.path("name").asText(), object.path("uid").asText()));
            }
        }
        return Optional.empty();
    }

    /** Whether it counts at a moment. */
    public boolean holdsAt(Instant now) {
        return !now.isBefore(issued) && now.isBefore(expires);
    }
}
