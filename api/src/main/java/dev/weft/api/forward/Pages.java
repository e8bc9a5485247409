package dev.weft.api.forward;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.ResponseEntity;
import akka.stream.javadsl.Compression;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import java.util.List;
import java.util.Optional;

/** Pages of workloads, whose links lead through the proxy as their redirections do. */
final class Pages {
    private static final String ENCODING = "content-encoding";
    private static final int CHUNK_BYTES = 64 * 1024;

    private Pages() {}

    /** Whether an answer is a page that can be read: HTML, whole, and in no coding but gzip. */
    static boolean readable(HttpRequest request, HttpResponse response) {
        ContentType type = response.entity().getContentType();
        boolean html = type.mediaType().mainType().equals("text")
                && type.mediaType().subType().equals("html");
        boolean body = !request.method().value().equals("HEAD")
                && response.status().intValue() != 206
                && !response.entity().isKnownEmpty();
        return html
                && body
                && (encoding(response).isEmpty() || encoding(response).equals("gzip"));
    }

    /** The same answer with its links led through; its length is no longer known. */
    static HttpResponse through(HttpResponse response, String prefix) {
        ResponseEntity entity = response.entity();
        boolean packed = !encoding(response).isEmpty();
        if (entity instanceof HttpEntity.Strict whole && !packed) {
            HtmlLinks links = new HtmlLinks(prefix);
            ByteString page = links.take(whole.getData()).concat(links.end());
            return response.withEntity(HttpEntities.create(entity.getContentType(), page));
        }
        Source<ByteString, ?> bytes = entity.withoutSizeLimit().getDataBytes();
        Source<ByteString, ?> plain = packed ? bytes.via(Compression.gunzip(CHUNK_BYTES)) : bytes;
        Source<ByteString, ?> led = plain.map(Optional::of)
                .concat(Source.single(Optional.empty()))
                .statefulMapConcat(() -> {
                    HtmlLinks links = new HtmlLinks(prefix);
                    return piece -> {
                        ByteString next = piece.map(links::take).orElseGet(links::end);
                        return next.isEmpty() ? List.of() : List.of(next);
                    };
                });
        HttpResponse unpacked = packed ? response.removeHeader(ENCODING) : response;
        return unpacked.withEntity(HttpEntities.createChunked(entity.getContentType(), led));
    }

    private static String encoding(HttpResponse response) {
        return response.getHeader(ENCODING)
                .map(header -> header.value().strip().toLowerCase(java.util.Locale.ROOT))
                .filter(value -> !value.equals("identity"))
                .orElse("");
    }
}
