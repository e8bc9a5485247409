package dev.weft.api.guard;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The framing of requests")
class RequestFramingTest {
    private static final GuardSettings BOUNDS = new GuardSettings(
            1024,
            8,
            200,
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(1));

    private static final String REQUESTS = "GET /api HTTP/1.1\r\nHost: x\r\n\r\n"
            + "POST /api/v1 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nGET /"
            + "POST /api/v1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n00A\r\n0123456789\r\n0\r\n\r\n"
            + "GET / HTTP/1.0\r\n\r\n";

    private static String taken(String... pieces) {
        RequestFraming framing = new RequestFraming(BOUNDS);
        StringBuilder passed = new StringBuilder();
        try {
            for (String piece : pieces) {
                for (ByteString part : framing.take(ByteString.fromString(piece, StandardCharsets.ISO_8859_1))) {
                    passed.append(part.decodeString(StandardCharsets.ISO_8859_1));
                }
            }
        } catch (RequestHead.Refused refused) {
            return refused.violation().name();
        }
        return passed.toString();
    }

    @Test
    @DisplayName("lets well-formed requests through unchanged, however they are cut")
    void passes() {
        assertThat(taken(REQUESTS)).isEqualTo(REQUESTS);
        assertThat(taken(REQUESTS.split(""))).isEqualTo(REQUESTS);
        Random random = new Random(20261121);
        for (int round = 0; round < 100; round++) {
            int cut = random.nextInt(REQUESTS.length());
            assertThat(taken(REQUESTS.substring(0, cut), REQUESTS.substring(cut)))
                    .as("cut at %d", cut)
                    .isEqualTo(REQUESTS);
        }
    }

    @Test
    @DisplayName("hands requests on one by one")
    void separates() throws RequestHead.Refused {
        assertThat(new RequestFraming(BOUNDS).take(ByteString.fromString(REQUESTS)))
                .hasSize(4)
                .allMatch(piece -> piece.utf8String().matches("(?s)(GET|POST) .*"));
    }

    @Test
    @DisplayName("holds a head back until it is complete")
    void holds() {
        assertThat(taken("GET / HTTP/1.1\r\nHost: x\r\n")).isEmpty();
    }

    @ParameterizedTest(name = "{index}")
    @DisplayName("refuses lengths and encodings that two readers could understand differently")
    @ValueSource(
            strings = {
                "Content-Length: 18446744073709551620",
                "Content-Length: 1234567890123456789",
                "Content-Length: +5",
                "Content-Length: -1",
                "Content-Length: 5, 5",
                "Content-Length:",
                "Content-Length: 0x5",
                "Content-Length: 5|Content-Length: 5",
                "Content-Length: 5|Content-Length: 6",
                "Content-Length: 5|Transfer-Encoding: chunked",
                "Transfer-Encoding: chunked|Transfer-Encoding: chunked",
                "Transfer-Encoding: gzip, chunked",
                "Transfer-Encoding: identity",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding: chunked, chunked",
                "Transfer-Encoding: chunked;q=1",
                "Transfer-Encoding: \"chunked\"",
                "Transfer-Encoding:",
                "Content-Length: 5 5",
                "Content-Length: 5.0",
                "Content-Length: 5e0",
                "Content-Length: ５",
                "Content-Length: \u00b2",
                "Content-Length\t: 5",
                "Content_Length: 5|\tContent-Length: 4",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding : chunked",
                "Transfer-Encoding: \u000bchunked",
                "Content-Length : 5",
                " Content-Length: 5",
                "X: a| folded",
                "X: a\u0000b",
                "X: a\rb",
                "X: a\nContent-Length: 5",
                "no colon",
                ": no name",
                "Host: y",
            })
    void ambiguous(String fields) {
        assertThat(taken("POST / HTTP/1.1\r\nHost: x\r\n" + fields.replace("|", "\r\n") + "\r\n\r\nabcde"))
                .isEqualTo("MALFORMED");
    }

    @ParameterizedTest(name = "{index}")
    @DisplayName("refuses request lines that are none")
    @CsvSource({
        "'GET /', MALFORMED",
        "'GET  / HTTP/1.1', MALFORMED",
        "'GET / HTTP/2.0', MALFORMED",
        "'PRI * HTTP/2.0', MALFORMED",
        "'GET\t/\tHTTP/1.1', MALFORMED",
        "'GET / HTTP/1.1 ', MALFORMED",
        "' GET / HTTP/1.1', MALFORMED",
        "'G(T / HTTP/1.1', MALFORMED",
        "'', MALFORMED",
        "'get / HTTP/1.1', METHOD",
        "'BREW /pot HTTP/1.1', METHOD",
        "'CONNECT x:1 HTTP/1.1', METHOD",
    })
    void requestLine(String line, String violation) {
        assertThat(taken(line + "\r\nHost: x\r\n\r\n")).isEqualTo(violation);
    }

    @ParameterizedTest(name = "{index}")
    @DisplayName("refuses chunks that are none")
    @ValueSource(
            strings = {
                "x\r\n",
                "-1\r\n",
                "\r\n",
                "1234567890123456\r\n",
                "5;a=b\r\n",
                "5\n",
                "1\r\nabc",
                "0x5\r\nabcde\r\n",
                "+5\r\nabcde\r\n",
                " 5\r\nabcde\r\n",
                "5 \r\nabcde\r\n",
                "5\r\nabcdef\r\n",
                "0\r\nContent-Length: 5\r\n\r\n",
                "0\r\nX: y\r\n\r\n"
            })
    void chunks(String body) {
        assertThat(taken("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + body))
                .isEqualTo("MALFORMED");
    }

    @Test
    @DisplayName("bounds heads, targets and the number of headers")
    void bounds() {
        assertThat(taken("GET / HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(1024))).isEqualTo("HEAD_TOO_LARGE");
        assertThat(taken("GET /" + "a".repeat(200) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
                .isEqualTo("TARGET_TOO_LONG");
        assertThat(taken("GET / HTTP/1.1\r\nHost: x\r\n" + "X: y\r\n".repeat(8) + "\r\n"))
                .isEqualTo("HEAD_TOO_LARGE");
    }

    @Test
    @DisplayName("stops at a wish to leave HTTP until it is answered")
    void upgrade() throws RequestHead.Refused {
        String posted = "POST / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nContent-Length: 4\r\n\r\nbody";
        RequestFraming withBody = new RequestFraming(BOUNDS);
        withBody.take(ByteString.fromString(posted));
        assertThat(withBody.upgrading()).as("a body is not held back").isFalse();
        assertThat(withBody.holds()).isFalse();

        String upgrade = "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n";
        ByteString ahead = ByteString.fromString(upgrade + REQUESTS);
        RequestFraming refused = new RequestFraming(BOUNDS);
        assertThat(refused.take(ahead)).containsExactly(ByteString.fromString(upgrade));
        refused.answered(false);
        assertThat(String.join(
                        "",
                        refused.take(ByteString.emptyByteString()).stream()
                                .map(ByteString::utf8String)
                                .toList()))
                .isEqualTo(REQUESTS);
        RequestFraming accepted = new RequestFraming(BOUNDS);
        accepted.take(ByteString.fromString(upgrade));
        accepted.answered(true);
        ByteString other = ByteString.fromString("no HTTP");
        assertThat(accepted.take(other)).containsExactly(other);
    }
}
