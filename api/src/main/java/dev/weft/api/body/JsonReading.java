package dev.weft.api.body;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.weft.registry.resource.JsonSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** JSON, read with bounds. Safe for many threads. */
final class JsonReading {
    /** Deeper than any Kubernetes object; far from what a recursive reader's stack can bear. */
    private static final int MAX_DEPTH = 200;

    private final JsonSource source = new JsonSource(
            StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build());
    private final ObjectMapper mapper = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private final ObjectReader reader = mapper.reader();

    /** @throws Malformed with what is wrong, for the client */
    JsonNode read(byte[] utf8) throws Malformed {
        requireUtf8(utf8);
        try (JsonParser parser = new Counting(source.parser(utf8), new ValueBudget(utf8.length, ValueBudget.JSON))) {
            JsonNode tree = reader.readTree(parser);
            if (tree == null || tree.isMissingNode()) {
                throw new Malformed("unexpected end of JSON input");
            }
            return tree;
        } catch (TooDense e) {
            throw e.malformed;
        } catch (StreamConstraintsException e) {
            throw new Malformed("exceeded max depth, or a name or number is too long");
        } catch (JsonEOFException e) {
            throw new Malformed("unexpected end of JSON input");
        } catch (JsonProcessingException e) {
            throw new Malformed(unexpected(e, utf8));
        } catch (IOException e) {
            throw new Malformed("not UTF-8");
        }
    }

    /** The parser takes overlong forms too, and guesses UTF-16: who reads what is stored would see another text. */
    private static void requireUtf8(byte[] body) throws Malformed {
        for (byte each : body) {
            if (each <= 0) {
                requireStrictly(body);
                return;
            }
        }
    }

    private static void requireStrictly(byte[] body) throws Malformed {
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
            if (text.chars().anyMatch(each -> each == 0)) {
                throw new Malformed("invalid character 0x00");
            }
        } catch (CharacterCodingException e) {
            throw new Malformed("not UTF-8");
        }
    }

    JsonNode fromValue(Object value) {
        return mapper.valueToTree(value);
    }

    /** In Go's manner; the parser's own words name its classes. */
    private static String unexpected(JsonProcessingException e, byte[] utf8) {
        JsonLocation at = e.getLocation();
        long offset = at == null ? -1 : Math.max(at.getByteOffset(), at.getCharOffset());
        if (offset < 0 || offset > utf8.length) {
            return "invalid JSON";
        }
        byte found = utf8[(int) Math.max(0, Math.min(offset, utf8.length) - 1)];
        String shown = found > ' ' && found < 0x7f ? "'" + (char) found + "'" : "0x%02x".formatted(found);
        return "invalid character " + shown + " at or before byte " + offset;
    }

    static String firstLine(String message) {
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }

    /** Counts values as they are read. */
    private static final class Counting extends JsonParserDelegate {
        private final ValueBudget budget;

        Counting(JsonParser parser, ValueBudget budget) {
            super(parser);
            this.budget = budget;
        }

        @Override
        public @Nullable JsonToken nextToken() throws IOException {
            return counted(delegate.nextToken());
        }

        private @Nullable JsonToken counted(@Nullable JsonToken token) throws TooDense {
            if (token != null && token != JsonToken.FIELD_NAME && !token.isStructEnd()) {
                try {
                    budget.take();
                } catch (Malformed e) {
                    throw new TooDense(e);
                }
            }
            return token;
        }
    }

    /** Carries a refusal through the parser. */
    private static final class TooDense extends IOException {
        private static final long serialVersionUID = 1L;

        private final transient Malformed malformed;

        TooDense(Malformed malformed) {
            super(malformed.reason());
            this.malformed = malformed;
        }
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
