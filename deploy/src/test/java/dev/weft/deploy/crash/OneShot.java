package dev.weft.deploy.crash;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.weft.gossip.HostPort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One request on a connection of its own. Unlike a client with a pool it knows for certain whether a request that got no
 * answer was sent at all.
 */
final class OneShot {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CONNECT_MILLIS = 2_000;
    private static final int ANSWER_MILLIS = 13_000;

    private OneShot() {}

    /** The request was not sent: nobody listened. */
    static final class NotSent extends IOException {
        private static final long serialVersionUID = 1;

        NotSent(IOException cause) {
            super(cause);
        }
    }

    /** What came back. */
    record Reply(int status, JsonNode json) {
        boolean ok() {
            return status >= 200 && status < 300;
        }

        long version() {
            return json.at("/metadata/resourceVersion").asLong();
        }
    }

    /** Asks and waits for as long as a server takes at most where nothing else is configured. */
    static Reply send(HostPort server, String method, String path, @Nullable JsonNode body) throws IOException {
        return send(server, method, path, body, ANSWER_MILLIS);
    }

    /**
     * Asks and waits.
     *
     * @param patience for the answer, in milliseconds
     * @throws NotSent if it was not sent
     * @throws IOException if no whole answer came: it may have been carried out
     */
    @SuppressWarnings("AddressSelection") // a literal address
    static Reply send(HostPort server, String method, String path, @Nullable JsonNode body, int patience)
            throws IOException {
        try (Socket socket = new Socket()) {
            try {
                socket.connect(new InetSocketAddress(server.host(), server.port()), CONNECT_MILLIS);
            } catch (IOException e) {
                throw new NotSent(e);
            }
            socket.setSoTimeout(patience);
            byte[] content = body == null ? new byte[0] : JSON.writeValueAsBytes(body);
            String head = method + " " + path + " HTTP/1.1\r\nHost: " + server
                    + "\r\nAccept: application/json\r\nConnection: close\r\n"
                    + (body == null ? "" : "Content-Type: application/json\r\n")
                    + "Content-Length: " + content.length + "\r\n\r\n";
            ByteArrayOutputStream request = new ByteArrayOutputStream();
            request.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
            request.writeBytes(content);
            socket.getOutputStream().write(request.toByteArray());
            return parse(socket.getInputStream().readAllBytes());
        }
    }

    private static Reply parse(byte[] all) throws IOException {
        String text = new String(all, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0 || !text.startsWith("HTTP/1.")) {
            throw new IOException("no answer but " + text.length() + " bytes");
        }
        String head = text.substring(0, end).toLowerCase(Locale.ROOT);
        int status = Integer.parseInt(head.substring(9, 12));
        byte[] rest = java.util.Arrays.copyOfRange(all, end + 4, all.length);
        byte[] content = head.contains("transfer-encoding: chunked") ? unchunked(rest) : rest;
        int at = head.indexOf("content-length: ");
        if (at >= 0) {
            int length =
                    Integer.parseInt(head.substring(at + 16).lines().findFirst().orElseThrow());
            if (content.length != length) {
                throw new IOException("half an answer");
            }
        }
        // Only objects are looked into; /readyz answers with a word.
        boolean object = content.length > 0 && content[0] == '{';
        return new Reply(status, object ? JSON.readTree(content) : MissingNode.getInstance());
    }

    private static byte[] unchunked(byte[] chunked) throws IOException {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        try (InputStream in = new java.io.ByteArrayInputStream(chunked)) {
            while (true) {
                StringBuilder size = new StringBuilder();
                int c = in.read();
                while (c != '\n') {
                    if (c < 0) {
                        throw new IOException("half an answer");
                    }
                    size.append((char) c);
                    c = in.read();
                }
                int length = Integer.parseInt(size.toString().strip(), 16);
                if (length == 0) {
                    return whole.toByteArray();
                }
                byte[] chunk = in.readNBytes(length);
                if (chunk.length < length) {
                    throw new IOException("half an answer");
                }
                whole.writeBytes(chunk);
                in.readNBytes(2);
            }
        }
    }
}
