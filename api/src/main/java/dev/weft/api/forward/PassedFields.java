package dev.weft.api.forward;

import akka.http.javadsl.model.AttributeKeys;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpMessage;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/** Which header fields go on, and which are added. Pure. */
final class PassedFields {
    /** RFC 9110, section 7.6.1, with the older names that the world still sends. */
    private static final Set<String> OF_ONE_HOP = Set.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "http2-settings");

    private static final String FORWARDED_FOR = "x-forwarded-for";

    /** What proves to this API who the caller is, or says who sent the request; no workload gets or sets it. */
    private static final Set<String> PRIVATE =
            Set.of("authorization", "x-forwarded-for", "x-forwarded-uri", "x-forwarded-host", "x-forwarded-proto");

    private PassedFields() {}

    /** The fields of the request to a workload. */
    static List<HttpHeader> toWorkload(HttpRequest request, ForwardTarget target) {
        List<HttpHeader> passed = passed(request, name -> !PRIVATE.contains(name) && !name.startsWith("impersonate-"));
        String caller = request.getAttribute(AttributeKeys.remoteAddress)
                .flatMap(remote -> remote.getAddress())
                .map(address -> address.getHostAddress())
                .orElse("");
        List<String> hops = new ArrayList<>(values(request, FORWARDED_FOR));
        if (!caller.isEmpty()) {
            hops.add(caller);
        }
        if (!hops.isEmpty()) {
            passed.add(RawHeader.create("X-Forwarded-For", String.join(", ", hops)));
        }
        passed.add(RawHeader.create("X-Forwarded-Uri", target.prefix() + target.rest()));
        values(request, "host").forEach(host -> passed.add(RawHeader.create("X-Forwarded-Host", host)));
        passed.add(RawHeader.create("X-Forwarded-Proto", request.getUri().getScheme()));
        return passed;
    }

    /**
     * The fields of the answer to the client. A redirection within the workload is made to lead through here again; what a
     * workload says of foreign origins is not true of this one.
     */
    static List<HttpHeader> toClient(HttpResponse response, HttpRequest request, String authority, String prefix) {
        List<HttpHeader> passed = new ArrayList<>();
        Set<String> own = new HashSet<>(values(request, "host"));
        own.add(authority);
        for (HttpHeader header : passed(response, name -> !name.startsWith("access-control-"))) {
            boolean location = header.is("location");
            passed.add(location ? RawHeader.create("Location", through(header.value(), own, prefix)) : header);
        }
        return passed;
    }

    /** A target of a redirection as seen from the client; unchanged where it leads elsewhere. */
    static String through(String location, Set<String> own, String prefix) {
        URI uri;
        try {
            uri = URI.create(location);
        } catch (IllegalArgumentException e) {
            return location;
        }
        String path = uri.getRawPath();
        boolean elsewhere = uri.getRawAuthority() != null && !own.contains(uri.getRawAuthority());
        if (elsewhere || path == null || !path.startsWith("/") || path.startsWith(prefix)) {
            return location;
        }
        return prefix
                + path
                + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery())
                + (uri.getRawFragment() == null ? "" : "#" + uri.getRawFragment());
    }

    private static List<HttpHeader> passed(HttpMessage message, Predicate<String> wanted) {
        Set<String> ending = new HashSet<>(OF_ONE_HOP);
        for (String value : values(message, "connection")) {
            for (String name : value.split(",", -1)) {
                ending.add(name.strip().toLowerCase(Locale.ROOT));
            }
        }
        boolean asked = message instanceof HttpRequest;
        List<HttpHeader> passed = new ArrayList<>();
        for (HttpHeader header : message.getHeaders()) {
            boolean real = asked ? header.renderInRequests() : header.renderInResponses();
            if (real && !ending.contains(header.lowercaseName()) && wanted.test(header.lowercaseName())) {
                passed.add(header);
            }
        }
        return passed;
    }

    private static List<String> values(HttpMessage message, String lowercaseName) {
        List<String> values = new ArrayList<>();
        for (HttpHeader header : message.getHeaders()) {
            if (header.is(lowercaseName)) {
                values.add(header.value());
            }
        }
        return values;
    }
}
