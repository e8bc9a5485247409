package dev.weft.api.stream;

import akka.NotUsed;
import akka.http.javadsl.model.AttributeKeys;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.ws.Message;
import akka.http.javadsl.model.ws.TextMessage;
import akka.http.javadsl.model.ws.WebSocketUpgrade;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import dev.weft.api.problem.RequestRefused;
import dev.weft.registry.resource.Refusal;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * Watches over WebSocket: each event is one text frame. What the client sends is read and thrown away, at its pace.
 *
 * <p>Source: RFC 6455; kube-apiserver's watches over WebSocket, and how it takes bearer tokens as subprotocols.
 */
public final class WatchSocket {
    /** Offered by browsers, which cannot set headers: the rest of it is a token, and nothing to agree on. */
    private static final String BEARER = "base64url.bearer.authorization.k8s.io.";

    private WatchSocket() {}

    /** Whether a client wants to go on in WebSocket's protocol. */
    public static boolean wanted(HttpRequest request) {
        return request.getAttribute(AttributeKeys.webSocketUpgrade).isPresent()
                || values(request, "upgrade").stream().anyMatch(value -> value.equalsIgnoreCase("websocket"));
    }

    /**
     * Checks the handshake before anything is begun for it.
     *
     * @throws RequestRefused if it is incomplete, or comes from a page of somebody else
     */
    public static void require(HttpRequest request) {
        List<String> offered = offered(request);
        boolean ownCredentials = offered.stream().anyMatch(protocol -> protocol.startsWith(BEARER));
        // Browsers let any page open a WebSocket to anywhere, with the rights that this machine or a certificate gives.
        if (!ownCredentials && !sameOrigin(request)) {
            throw new RequestRefused(new Refusal(
                    Refusal.Reason.Forbidden,
                    "a page of another origin may watch with a bearer token only",
                    null,
                    "",
                    List.of(),
                    0));
        }
    }

    /** The answer that switches protocols and sends the messages. */
    public static HttpResponse answer(HttpRequest request, Source<ByteString, ?> messages) {
        WebSocketUpgrade upgrade = upgrade(request);
        Flow<Message, Message, NotUsed> both = Flow.fromSinkAndSourceCoupled(
                Flow.<Message>create().flatMapConcat(WatchSocket::emptied).to(Sink.ignore()),
                messages.map(bytes -> TextMessage.create(bytes.utf8String())));
        return offered(request).stream()
                .filter(protocol -> !protocol.startsWith(BEARER))
                .findFirst()
                .map(protocol -> upgrade.handleMessagesWith(both, protocol))
                .orElseGet(() -> upgrade.handleMessagesWith(both));
    }

    private static WebSocketUpgrade upgrade(HttpRequest request) {
        return request.getAttribute(AttributeKeys.webSocketUpgrade)
                .orElseThrow(
                        () -> RequestRefused.badRequest(
                                "the WebSocket handshake is incomplete"
                                        + " (expected: GET with Connection: Upgrade, Sec-WebSocket-Version: 13 and Sec-WebSocket-Key)"));
    }

    private static List<String> offered(HttpRequest request) {
        List<String> offered = new ArrayList<>();
        upgrade(request).getRequestedProtocols().forEach(offered::add);
        return offered;
    }

    private static boolean sameOrigin(HttpRequest request) {
        List<String> hosts = values(request, "host");
        return values(request, "origin").stream().allMatch(origin -> {
            try {
                return hosts.contains(URI.create(origin).getRawAuthority());
            } catch (IllegalArgumentException e) {
                return false;
            }
        });
    }

    private static Source<?, ?> emptied(Message message) {
        return message.isText()
                ? message.asTextMessage().getStreamedText()
                : message.asBinaryMessage().getStreamedData();
    }

    private static List<String> values(HttpRequest request, String lowercaseName) {
        List<String> values = new ArrayList<>();
        for (HttpHeader header : request.getHeaders()) {
            if (header.is(lowercaseName)) {
                values.add(header.value());
            }
        }
        return values;
    }
}
