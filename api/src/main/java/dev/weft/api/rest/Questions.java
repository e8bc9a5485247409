package dev.weft.api.rest;

import dev.weft.api.authorization.AccessQuestion;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What a request wishes to do, read from its method, path and query as kube-apiserver reads it. Pure. */
final class Questions {
    private static final Set<String> PARTS_OF_NAMESPACE = Set.of("status", "finalize");
    private static final String BY_NAME = "metadata.name";
    private static final int PARTS = 3;

    private Questions() {}

    static AccessQuestion of(Exchange exchange) {
        List<String> path = exchange.path();
        boolean core = !path.isEmpty() && path.get(0).equals("api");
        boolean grouped = !path.isEmpty() && path.get(0).equals("apis");
        int prefix = core ? 2 : PARTS;
        if (!(core || grouped) || path.size() <= prefix) {
            String asked = exchange.request().getUri().path();
            return AccessQuestion.ofPath(exchange.method().toLowerCase(Locale.ROOT), asked);
        }
        return ofResource(exchange, core ? "" : path.get(1), path.get(prefix - 1), path.subList(prefix, path.size()));
    }

    private static AccessQuestion ofResource(Exchange exchange, String group, String version, List<String> segments) {
        List<String> parts = segments;
        String namespace = "";
        if (parts.get(0).equals("namespaces") && parts.size() > 1) {
            namespace = parts.get(1);
            if (parts.size() > 2 && !PARTS_OF_NAMESPACE.contains(parts.get(2))) {
                parts = parts.subList(2, parts.size());
            }
        }
        String name = parts.size() > 1 ? parts.get(1) : "";
        String part = parts.size() > 2 ? parts.get(2) : "";
        String verb = verb(exchange, name);
        boolean selects =
                name.isEmpty() && Set.of("list", "watch", "deletecollection").contains(verb);
        return new AccessQuestion(
                verb, group, version, parts.get(0), part, namespace, selects ? selected(exchange) : name, "");
    }

    private static String verb(Exchange exchange, String name) {
        return switch (exchange.method()) {
            case "GET", "HEAD" -> {
                boolean watch = exchange.query().flag("watch");
                yield !name.isEmpty() ? "get" : watch ? "watch" : "list";
            }
            case "POST" -> "create";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> name.isEmpty() ? "deletecollection" : "delete";
            default -> exchange.method().toLowerCase(Locale.ROOT);
        };
    }

    /** The one object that a list is about, so that a rule for one name lets a client follow that one. */
    private static String selected(Exchange exchange) {
        for (String term : exchange.query().first("fieldSelector").split(",", -1)) {
            String[] sides = term.split("==?", 2);
            if (sides.length == 2 && sides[0].equals(BY_NAME) && !term.contains("!=")) {
                return sides[1];
            }
        }
        return "";
    }
}
