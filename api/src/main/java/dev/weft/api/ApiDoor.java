package dev.weft.api;

import akka.NotUsed;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.stream.TLSProtocol.SslTlsInbound;
import akka.stream.TLSProtocol.SslTlsOutbound;
import akka.stream.javadsl.BidiFlow;
import akka.stream.javadsl.Flow;
import akka.util.ByteString;
import dev.weft.api.rest.Access;
import dev.weft.api.tls.ServingKeys;
import dev.weft.api.tls.TlsLine;
import java.util.Optional;

/**
 * How clients come in.
 *
 * @param tls what connections are served with; empty for plain HTTP
 * @param access who may do what
 * @param trustsNetwork whether it may listen beyond loopback although it is open or plain, because somebody said so
 */
public record ApiDoor(Optional<ServingKeys> tls, Access access, boolean trustsNetwork) {

    /** Plain HTTP, and everybody is the administrator: for loopback only. */
    public static ApiDoor open(Access access) {
        return new ApiDoor(Optional.empty(), access, false);
    }

    /** Whether it may listen where others than this machine's users come by. */
    boolean mayLeaveLoopback() {
        return trustsNetwork || (tls.isPresent() && !access.isOpen());
    }

    /** A connection, without TLS if there was any. */
    Line line(
            Flow<ByteString, ByteString, ?> socket,
            BidiFlow<HttpResponse, SslTlsOutbound, SslTlsInbound, HttpRequest, NotUsed> http) {
        if (tls.isEmpty()) {
            return new Line(http, socket);
        }
        TlsLine open = TlsLine.over(socket, tls.get());
        BidiFlow<HttpResponse, HttpResponse, HttpRequest, HttpRequest, NotUsed> named = BidiFlow.fromFunctions(
                response -> response, request -> request.addAttribute(Access.CERTIFICATE, open.client()::get));
        return new Line(named.atop(http), open.bytes());
    }

    /** What a connection is served by. */
    record Line(
            BidiFlow<HttpResponse, SslTlsOutbound, SslTlsInbound, HttpRequest, NotUsed> http,
            Flow<ByteString, ByteString, ?> bytes) {}
}
