package dev.weft.api.body;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** JSON, read with bounds. Safe for many threads. */
final class JsonReading {
    /** Deeper than any Kubernetes object; far from what a recursive reader's stack can bear. */
    private static final int MAX_DEPTH = 200;

    private final ObjectMapper mapper = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** @throws Malformed with what is wrong, for the client */
    JsonNode read(byte[] utf8) throws Malformed {
        try {
            JsonNode tree = mapper.readTree(utf8);
            if (tree == null || tree.isMissingNode()) {
                throw new Malformed("unexpected end of JSON input");
            }
            return tree;
        } catch (JsonProcessingException e) {
            throw new Malformed(firstLine(e.getOriginalMessage()));
        } catch (IOException e) {
            throw new Malformed("not UTF-8");
        }
    }

    JsonNode fromValue(Object value) {
        return mapper.valueToTree(value);
    }

    static String firstLine(String message) {
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }

    /** What is wrong with the text. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message, null, false, false);
        }

        String reason() {
            return String.valueOf(getMessage());
        }
    }
}
