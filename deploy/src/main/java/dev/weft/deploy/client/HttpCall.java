package dev.weft.deploy.client;

import dev.weft.gossip.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** One HTTP request on a connection of its own, so that each call is balanced anew. */
public final class HttpCall {
    private HttpCall() {}

    /**
     * Asks for a path and returns the body of the answer, without white space around it.
     *
     * @throws IOException if there is no whole answer with status 200 in time
     */
    @SuppressWarnings("AddressSelection") // virtual IPs are literal addresses
    public static String get(HostPort address, String path, Duration timeout) throws IOException {
        try (Socket socket = new Socket()) {
            int millis = (int) timeout.toMillis();
            socket.setSoTimeout(millis);
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(address.host(), address.port()), millis);
            String request = "GET " + path + " HTTP/1.1\r\nHost: " + address + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return body(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static String body(String answer) throws IOException {
        int end = answer.indexOf("\r\n\r\n");
        if (end < 0) {
            throw new IOException(answer.isEmpty() ? "closed without an answer" : "half an answer");
        }
        if (!answer.startsWith("HTTP/1.1 200")) {
            throw new IOException("answered " + answer.lines().findFirst().orElse(""));
        }
        return answer.substring(end + 4).strip();
    }
}
