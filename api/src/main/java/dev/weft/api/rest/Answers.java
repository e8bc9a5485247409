package dev.weft.api.rest;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpCharsets;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.RawHeader;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import akka.util.ByteStringBuilder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.weft.api.problem.RequestRefused;
import dev.weft.api.problem.StatusObject;
import dev.weft.api.representation.JsonText;
import dev.weft.api.representation.Representation.ItemPiece;
import dev.weft.api.representation.Representation.Pieces;
import dev.weft.api.representation.YamlText;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Refusal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** HTTP answers. */
final class Answers {
    /** A list is sent in chunks of about this size, made one after another. */
    private static final int CHUNK_BYTES = 64 * 1024;

    /** Lists of up to so many items are sent in one piece. */
    private static final int SMALL_LIST = 32;

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final ByteString NEWLINE = ByteString.fromString("\n");
    private static final ByteString COMMA = ByteString.fromString(",");

    private static final ContentType YAML = ContentTypes.create(
            MediaTypes.customWithFixedCharset("application", "yaml", HttpCharsets.UTF_8, Map.of(), false));

    private final boolean pretty;
    private final boolean yaml;

    /**
     * Answers in some form.
     *
     * @param pretty whether for people to read
     * @param yaml instead of JSON
     */
    Answers(boolean pretty, boolean yaml) {
        this.pretty = pretty;
        this.yaml = yaml;
    }

    /** In the form that a client likes. */
    static Answers to(Exchange exchange) {
        return new Answers(exchange.pretty(), exchange.accepts().yaml());
    }

    /** The same for a request that may be unreadable. */
    static Answers to(HttpRequest request) {
        try {
            return to(Exchange.of(request));
        } catch (RequestRefused unreadable) {
            return new Answers(false, false);
        }
    }

    HttpResponse json(int status, JsonNode tree) {
        return json(status, JsonText.of(tree));
    }

    HttpResponse json(int status, ByteString body) {
        if (yaml) {
            return HttpResponse.create()
                    .withStatus(StatusCodes.get(status))
                    .withEntity(HttpEntities.create(YAML, YamlText.of(body)));
        }
        ByteString shown = pretty ? indented(body) : body;
        return HttpResponse.create()
                .withStatus(StatusCodes.get(status))
                .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, shown.concat(NEWLINE)));
    }

    HttpResponse refused(Refusal refusal) {
        HttpResponse response = json(refusal.reason().httpStatus(), StatusObject.failure(refusal));
        return refusal.retryAfterSeconds() == 0
                ? response
                : response.addHeader(RawHeader.create("Retry-After", Integer.toString(refusal.retryAfterSeconds())));
    }

    HttpResponse list(Pieces pieces) {
        if (pretty || yaml || pieces.items().size() <= SMALL_LIST) {
            ByteStringBuilder all = new ByteStringBuilder();
            new PieceIterator(pieces).forEachRemaining(all::append);
            return json(200, all.result());
        }
        return HttpResponse.create()
                .withEntity(HttpEntities.createChunked(
                        ContentTypes.APPLICATION_JSON, Source.fromIterator(() -> new PieceIterator(pieces))));
    }

    /** Lines that come as they happen. */
    static HttpResponse stream(Source<ByteString, ?> lines) {
        return HttpResponse.create().withEntity(HttpEntities.createChunked(ContentTypes.APPLICATION_JSON, lines));
    }

    static HttpResponse text(int status, String text) {
        return HttpResponse.create().withStatus(StatusCodes.get(status)).withEntity(ContentTypes.TEXT_PLAIN_UTF8, text);
    }

    /** With one {@code Warning} header for each line. */
    static HttpResponse warning(HttpResponse response, String warning) {
        HttpResponse warned = response;
        List<String> lines = new ArrayList<>(List.of(warning.split("\n", -1)));
        Collections.reverse(lines); // each header is put before those that are there
        for (String line : lines) {
            String safe =
                    line.replaceAll("[^\\x20-\\x7e]", "?").replace("\\", "\\\\").replace("\"", "\\\"");
            if (!safe.isBlank()) {
                warned = warned.addHeader(RawHeader.create("Warning", "299 - \"" + safe + "\""));
            }
        }
        return warned;
    }

    private static ByteString indented(ByteString json) {
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter()
                .withSeparators(Separators.createDefaultInstance()
                        .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                        .withObjectEmptySeparator("")
                        .withArrayEmptySeparator(""));
        DefaultIndenter lines = new DefaultIndenter("  ", "\n");
        printer.indentObjectsWith(lines);
        printer.indentArraysWith(lines);
        JsonNode tree = JsonBytes.ofUtf8(json.toArray()).toTree();
        try {
            return ByteString.fromString(MAPPER.writer(printer).writeValueAsString(tree));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree that cannot be written", e);
        }
    }

    /** Gathers small pieces into chunks. */
    private static final class PieceIterator implements Iterator<ByteString> {
        private final List<? extends ItemPiece> items;
        private final ByteString tail;
        private ByteString head;
        private int next;
        private boolean ended;

        private PieceIterator(Pieces pieces) {
            this.items = pieces.items();
            this.head = pieces.head();
            this.tail = pieces.tail();
        }

        @Override
        public boolean hasNext() {
            return !ended;
        }

        @Override
        public ByteString next() {
            if (ended) {
                throw new java.util.NoSuchElementException("the list has ended");
            }
            ByteStringBuilder chunk = new ByteStringBuilder();
            chunk.append(head);
            head = ByteString.emptyByteString();
            while (next < items.size() && chunk.length() < CHUNK_BYTES) {
                if (next > 0) {
                    chunk.append(COMMA);
                }
                chunk.append(items.get(next++).bytes());
            }
            if (next == items.size()) {
                chunk.append(tail);
                ended = true;
            }
            return chunk.result();
        }
    }
}
