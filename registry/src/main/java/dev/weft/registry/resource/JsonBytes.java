package dev.weft.registry.resource;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;

/** One JSON object as UTF-8 bytes: immutable, compact to keep, written as it is to every reader. Some are kept packed. */
public final class JsonBytes {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final JsonSource SOURCE = new JsonSource(StreamReadConstraints.defaults());

    /** The text, or, where that is longer than this, what {@link PackedJson} made of it. */
    private final byte[] kept;

    private final int length;

    private JsonBytes(byte[] utf8) {
        this(utf8, utf8.length);
    }

    private JsonBytes(byte[] kept, int length) {
        this.kept = kept;
        this.length = length;
    }

    private byte[] utf8() {
        return kept.length == length ? kept : PackedJson.unpack(kept, length);
    }

    /** The same in less memory; each look at it costs some microseconds more. */
    JsonBytes packed() {
        byte[] less = kept.length < length ? null : PackedJson.pack(kept);
        return less == null ? this : new JsonBytes(less, length);
    }

    /** Serialises a tree once. */
    public static JsonBytes of(JsonNode tree) {
        try {
            return new JsonBytes(MAPPER.writeValueAsBytes(tree));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree that cannot be written: " + tree.getNodeType(), e);
        }
    }

    /** Whether bytes of anybody's are one JSON object. */
    static boolean isObject(byte[] utf8) {
        try {
            return MAPPER.readTree(utf8) instanceof ObjectNode;
        } catch (IOException e) {
            return false;
        }
    }

    /** Takes bytes that are known to hold one JSON object; copies them. */
    public static JsonBytes ofUtf8(byte[] utf8) {
        return new JsonBytes(utf8.clone());
    }

    /** Takes bytes that are known to hold one JSON object, and that nobody else has. */
    public static JsonBytes adopt(byte[] utf8) {
        return new JsonBytes(utf8);
    }

    /** Lends the bytes themselves to somebody who does not change them: what a copy of each object costs adds up. */
    public <T> T lend(Function<byte[], T> borrower) {
        return borrower.apply(utf8());
    }

    /** A tree of the caller's own, to be read or changed freely. */
    public ObjectNode toTree() {
        try {
            return (ObjectNode) tree();
        } catch (IOException e) {
            throw new UncheckedIOException("stored bytes that are not a JSON object: " + this, e);
        }
    }

    /**
     * The value at a path of names, read without making a tree of all that comes before it; missing if nothing is there.
     * Much cheaper than {@link #toTree()} for what stands in {@code metadata}.
     */
    public JsonNode at(String... path) {
        try (JsonParser parser = SOURCE.parser(utf8())) {
            JsonToken token = parser.nextToken();
            for (String name : path) {
                if (token != JsonToken.START_OBJECT || !find(parser, name)) {
                    return MissingNode.getInstance();
                }
                token = parser.nextToken();
            }
            return MAPPER.readTree(parser);
        } catch (IOException e) {
            throw new UncheckedIOException("stored bytes that are not a JSON object: " + this, e);
        }
    }

    /** Goes to a field of the object that the parser has just entered. */
    private static boolean find(JsonParser parser, String name) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            if (parser.currentName().equals(name)) {
                return true;
            }
            parser.nextToken();
            parser.skipChildren();
        }
        return false;
    }

    /** Whatever the bytes say. */
    JsonNode tree() throws IOException {
        try (JsonParser parser = SOURCE.parser(utf8())) {
            JsonNode tree = MAPPER.readTree(parser);
            return tree == null ? MissingNode.getInstance() : tree;
        }
    }

    /**
     * Whether an ASCII text, which is not empty, occurs anywhere in it: a quick way to see that a field cannot be there. Goes
     * on by the length of the text where the byte that would be its last is none of its letters (after Horspool, 1980).
     */
    public boolean mentions(String ascii) {
        byte[] utf8 = utf8();
        int sought = ascii.length();
        long low = 0;
        long high = 0;
        for (int i = 0; i < sought; i++) {
            char letter = ascii.charAt(i);
            low |= letter < Long.SIZE ? 1L << letter : 0;
            high |= letter < Long.SIZE ? 0 : 1L << (letter - Long.SIZE);
        }
        int from = 0;
        while (from <= utf8.length - sought) {
            byte last = utf8[from + sought - 1];
            if (last < 0 || ((last < Long.SIZE ? low >>> last : high >>> (last - Long.SIZE)) & 1) == 0) {
                from += sought;
            } else if (isAt(utf8, from, ascii)) {
                return true;
            } else {
                from++;
            }
        }
        return false;
    }

    private static boolean isAt(byte[] utf8, int from, String ascii) {
        for (int i = 0; i < ascii.length(); i++) {
            if (utf8[from + i] != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    public int size() {
        return length;
    }

    public void writeTo(OutputStream out) throws IOException {
        out.write(utf8());
    }

    /** A copy of the bytes. */
    public byte[] toByteArray() {
        byte[] utf8 = utf8();
        return utf8 == kept ? utf8.clone() : utf8;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof JsonBytes that && length == that.length && Arrays.equals(utf8(), that.utf8());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(utf8());
    }

    @Override
    public String toString() {
        return new String(utf8(), StandardCharsets.UTF_8);
    }
}
