package dev.weft.api.guard;

import akka.util.ByteString;

/** Why a connection is not read any further, and the last that is said on it. */
enum Violation {
    MALFORMED(400, "Bad Request", "text/plain; charset=utf-8", "400 Bad Request"),
    TIMEOUT(408, "Request Timeout", "text/plain; charset=utf-8", "408 Request Timeout"),
    METHOD(
            405,
            "Method Not Allowed",
            "application/json",
            "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":\"the server does not"
                    + " allow this method on the requested resource\",\"reason\":\"MethodNotAllowed\",\"details\":{},"
                    + "\"code\":405}\n"),
    TARGET_TOO_LONG(414, "URI Too Long", "text/plain; charset=utf-8", "414 URI Too Long"),
    TOO_MANY(
            429,
            "Too Many Requests\r\nRetry-After: 1",
            "application/json",
            "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":\"too many"
                    + " connections from this address, please try again later\",\"reason\":\"TooManyRequests\","
                    + "\"details\":{\"retryAfterSeconds\":1},\"code\":429}\n"),
    HEAD_TOO_LARGE(
            431, "Request Header Fields Too Large", "text/plain; charset=utf-8", "431 Request Header Fields Too Large");

    private final String answer;

    Violation(int status, String phrase, String type, String body) {
        answer = "HTTP/1.1 " + status + " " + phrase + "\r\nContent-Type: " + type + "\r\nContent-Length: "
                + body.length() + "\r\nConnection: close\r\n\r\n" + body;
    }

    /** A whole HTTP answer after which the connection is closed. */
    ByteString answer() {
        return ByteString.fromString(answer);
    }
}
