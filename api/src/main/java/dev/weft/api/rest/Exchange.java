package dev.weft.api.rest;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import dev.weft.api.authentication.User;
import dev.weft.api.body.MediaType;
import dev.weft.api.problem.RequestRefused;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * One request, as far as every route needs it read.
 *
 * @param path decoded segments, without empty ones
 * @param userAgent empty if not said
 * @param presented the same as it came, with what proves who asks; null before he was let in
 */
record Exchange(
        HttpRequest request,
        String method,
        List<String> path,
        Query query,
        Accepts accepts,
        MediaType contentType,
        String userAgent,
        @Nullable Exchange presented) {

    static Exchange of(HttpRequest request) {
        String agent = header(request, "user-agent");
        List<String> path = segments(request.getUri().path());
        Query query = Query.parse(request.getUri().rawQueryString().orElse(""));
        WatchPath old = request.method().value().equals("GET") ? WatchPath.of(path) : null;
        return new Exchange(
                request,
                request.method().value(),
                old == null ? path : old.collection(),
                old == null ? query : old.asked(query),
                Accepts.parse(header(request, "accept")),
                contentType(request),
                agent,
                null);
    }

    /** Akka HTTP leaves one that it cannot read among the headers, and calls the body untyped. */
    private static MediaType contentType(HttpRequest request) {
        String unread = header(request, "content-type");
        return MediaType.parse(
                unread.isEmpty() ? request.entity().getContentType().toString() : unread);
    }

    /** Whether a person is likely to read the answer. */
    boolean pretty() {
        return query.has("pretty")
                ? query.flag("pretty")
                : userAgent.startsWith("curl") || userAgent.startsWith("Wget") || userAgent.startsWith("Mozilla/5.0");
    }

    /** Who asks; known once he was let in. */
    User user() {
        return request.getAttribute(Access.USER).orElseThrow(() -> new IllegalStateException("asked before admission"));
    }

    /** The same request, which has a place among those in flight. */
    Exchange at(InFlight.Place place) {
        return new Exchange(
                request.addAttribute(InFlight.PLACE, place),
                method,
                path,
                query,
                accepts,
                contentType,
                userAgent,
                presented);
    }

    /** The same request, for an answer that comes in pieces. */
    Exchange streamed() {
        return new Exchange(request, method, path, query, accepts.streamed(), contentType, userAgent, presented);
    }

    /** The same request of somebody who was let in. */
    Exchange as(User user) {
        // What proved it is nobody's business further on, least of all a workload's that the request is passed on to.
        HttpRequest known = request.removeHeader("authorization").addAttribute(Access.USER, user);
        return new Exchange(known, method, path, query, accepts, contentType, userAgent, this);
    }

    /** The value of a header; of several, joined by commas; empty if there is none. */
    String header(String lowercaseName) {
        return header(request, lowercaseName);
    }

    /** The values of a header that may come several times. */
    List<String> headers(String lowercaseName) {
        return StreamSupport.stream(request.getHeaders().spliterator(), false)
                .filter(header -> header.is(lowercaseName))
                .map(HttpHeader::value)
                .toList();
    }

    private static String header(HttpRequest request, String lowercaseName) {
        return StreamSupport.stream(request.getHeaders().spliterator(), false)
                .filter(header -> header.is(lowercaseName))
                .map(HttpHeader::value)
                .collect(Collectors.joining(","));
    }

    private static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        for (String segment : path.split("/", -1)) {
            if (!segment.isEmpty()) {
                segments.add(decode(segment));
            }
        }
        return List.copyOf(segments);
    }

    private static String decode(String segment) {
        try {
            // A plus is a plus in a path.
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw RequestRefused.badRequest("invalid URL escape in path: " + segment);
        }
    }
}
