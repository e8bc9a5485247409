package dev.weft.api.rest;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.headers.RawHeader;
import akka.util.ByteString;
import dev.weft.api.body.MediaType;
import dev.weft.api.discovery.OpenApiDocuments;
import dev.weft.api.problem.Refusals;
import dev.weft.api.problem.RequestRefused;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * {@code GET /openapi/v2}: JSON, or the binary form that kubectl asks for; the document itself only where the client has not got
 * it already (RFC 9110, section 13).
 */
final class SwaggerRoute {
    private static final String PROTOBUF = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
    /** The name that kubectl uses, which is not one that a response may have. */
    private static final String PROTOBUF_BY_CLIENTS = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

    private static final Set<String> JSON_RANGES = Set.of(MediaType.JSON, "application/*", "*/*");
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    private final OpenApiDocuments documents;
    private final Instant lastModified;
    private final ContentType binary =
            ContentTypes.create(MediaTypes.customBinary("application", PROTOBUF.substring(12), false));

    SwaggerRoute(OpenApiDocuments documents, Instant lastModified) {
        this.documents = documents;
        this.lastModified = lastModified.truncatedTo(ChronoUnit.SECONDS);
    }

    HttpResponse answer(Exchange exchange) {
        boolean protobuf = wantsProtobuf(exchange.header("accept"));
        OpenApiDocuments.Swagger swagger = documents.swagger();
        String tag = '"' + swagger.hash() + (protobuf ? "-protobuf" : "") + '"';
        HttpResponse response = unchanged(exchange, tag)
                ? HttpResponse.create().withStatus(304)
                : HttpResponse.create()
                        .withEntity(
                                protobuf ? binary : ContentTypes.APPLICATION_JSON,
                                protobuf ? swagger.protobuf() : swagger.json().concat(ByteString.fromString("\n")));
        return response.addHeader(RawHeader.create("ETag", tag))
                .addHeader(RawHeader.create("Vary", "Accept"))
                .addHeader(RawHeader.create("Last-Modified", HTTP_DATE.format(lastModified)));
    }

    /** The first of the client's wishes that can be fulfilled. */
    private static boolean wantsProtobuf(String accept) {
        if (accept.isBlank()) {
            return false;
        }
        for (String range : accept.split(",", -1)) {
            String name = MediaType.parse(range).name();
            if (name.equals(PROTOBUF) || name.equals(PROTOBUF_BY_CLIENTS)) {
                return true;
            }
            if (JSON_RANGES.contains(name)) {
                return false;
            }
        }
        throw new RequestRefused(Refusals.notAcceptable(List.of(MediaType.JSON, PROTOBUF_BY_CLIENTS)));
    }

    /** Whether the client has it already; its tag counts more than its date. */
    private boolean unchanged(Exchange exchange, String tag) {
        String known = exchange.header("if-none-match");
        if (!known.isBlank()) {
            for (String each : known.split(",", -1)) {
                String one = each.strip();
                if (one.equals("*") || one.equals(tag) || one.equals("W/" + tag)) {
                    return true;
                }
            }
            return false;
        }
        String since = exchange.header("if-modified-since");
        if (since.isBlank()) {
            return false;
        }
        try {
            return !lastModified.isAfter(HTTP_DATE.parse(since.strip(), Instant::from));
        } catch (DateTimeParseException e) {
            return false; // a date that cannot be read is as none (RFC 9110, section 13.1.3)
        }
    }
}
