package dev.weft.api.rest;

import dev.weft.api.authentication.User;
import dev.weft.api.authorization.AccessQuestion;
import dev.weft.api.problem.RequestRefused;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Somebody's wish to act as somebody else ({@code kubectl --as}), by headers. Pure.
 *
 * @param user as whom
 * @param questions all of which must be allowed for it
 */
record Impersonation(User user, List<AccessQuestion> questions) {
    private static final String VERB = "impersonate";
    private static final String AUTHENTICATION = "authentication.k8s.io";
    private static final String EXTRA = "impersonate-extra-";
    private static final String ACCOUNT = "system:serviceaccount:";

    /** The wish of a request, if it has one. */
    static Optional<Impersonation> of(Exchange exchange, User asking) {
        String name = exchange.header("impersonate-user");
        String uid = exchange.header("impersonate-uid");
        List<String> groups = exchange.headers("impersonate-group");
        Map<String, List<String>> extra = extra(exchange);
        if (name.isEmpty()) {
            if (!groups.isEmpty() || !uid.isEmpty() || !extra.isEmpty()) {
                throw RequestRefused.badRequest("requested " + (groups.isEmpty() ? "extra" : "groups")
                        + " without impersonating a user name: " + asking.name());
            }
            return Optional.empty();
        }
        List<AccessQuestion> questions = new ArrayList<>();
        String[] account =
                name.startsWith(ACCOUNT) ? name.substring(ACCOUNT.length()).split(":", -1) : new String[0];
        List<String> all = new ArrayList<>(groups);
        if (account.length == 2) {
            questions.add(AccessQuestion.ofResource(VERB, "", "serviceaccounts", "", account[0], account[1]));
            if (groups.isEmpty()) {
                all.addAll(List.of("system:serviceaccounts", "system:serviceaccounts:" + account[0]));
            }
        } else {
            questions.add(AccessQuestion.ofResource(VERB, "", "users", "", "", name));
        }
        groups.forEach(group -> questions.add(AccessQuestion.ofResource(VERB, "", "groups", "", "", group)));
        if (!uid.isEmpty()) {
            questions.add(AccessQuestion.ofResource(VERB, AUTHENTICATION, "uids", "", "", uid));
        }
        extra.forEach((key, values) -> values.forEach(
                value -> questions.add(AccessQuestion.ofResource(VERB, AUTHENTICATION, "userextras", key, "", value))));
        return Optional.of(new Impersonation(user(name, uid, all, extra), questions));
    }

    private static User user(String name, String uid, List<String> groups, Map<String, List<String>> extra) {
        if (name.equals(User.ANONYMOUS.name())) {
            List<String> all = new ArrayList<>(groups);
            if (!all.contains(User.UNAUTHENTICATED)) {
                all.add(User.UNAUTHENTICATED);
            }
            return new User(name, uid, all, extra);
        }
        return groups.contains(User.UNAUTHENTICATED)
                ? new User(name, uid, groups, extra)
                : User.authenticated(name, uid, groups, extra);
    }

    private static Map<String, List<String>> extra(Exchange exchange) {
        Map<String, List<String>> extra = new TreeMap<>();
        exchange.request().getHeaders().forEach(header -> {
            String lower = header.lowercaseName();
            if (lower.startsWith(EXTRA) && lower.length() > EXTRA.length()) {
                extra.computeIfAbsent(decoded(lower.substring(EXTRA.length())), key -> new ArrayList<>())
                        .add(header.value());
            }
        });
        return extra;
    }

    private static String decoded(String key) {
        try {
            return URLDecoder.decode(key.replace("+", "%2B"), StandardCharsets.UTF_8)
                    .toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return key;
        }
    }
}
