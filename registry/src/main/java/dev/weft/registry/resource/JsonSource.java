package dev.weft.registry.resource;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Makes parsers of JSON. Of a text of usual size the names are remembered, since the next one has the same; of a large one they
 * are not, since a writer with a fault, or with bad intent, may have filled it with names that never come again, each of which
 * would cost three times its own. Safe for many threads.
 */
public final class JsonSource {
    /** In bytes; few objects are larger. */
    private static final int USUAL = 32 * 1024;

    private final JsonFactory usual;
    private final JsonFactory large;

    /** @param bounds on depth and the like */
    public JsonSource(StreamReadConstraints bounds) {
        usual = JsonFactory.builder().streamReadConstraints(bounds).build();
        large = JsonFactory.builder()
                .streamReadConstraints(bounds)
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .build();
    }

    /**
     * A parser of a text.
     *
     * @throws java.nio.charset.CharacterCodingException where it is not UTF-8; for a text of usual size the parser says so
     */
    public JsonParser parser(byte[] utf8) throws IOException {
        return utf8.length <= USUAL
                ? usual.createParser(utf8)
                : large.createParser(new StringReader(StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(utf8))
                        .toString()));
    }
}
