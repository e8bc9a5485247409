package dev.weft.deploy.server;

import dev.weft.api.authentication.StaticTokens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The static tokens as their file says now; as long as the file is of no use, as it last said. */
final class TokenFile implements Supplier<StaticTokens> {
    private static final Logger log = LoggerFactory.getLogger(TokenFile.class);

    private final Path file;
    private volatile String read;
    private volatile StaticTokens tokens;

    /** @throws IOException if it cannot be read, in a sentence */
    TokenFile(Path file) throws IOException {
        this.file = file;
        this.read = text();
        try {
            this.tokens = StaticTokens.parse(read);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private String text() throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }

    @Override
    public StaticTokens get() {
        return tokens;
    }

    /** Reads the file again; blocks. */
    void refresh() {
        try {
            String now = text();
            if (!now.equals(read)) {
                read = now;
                tokens = StaticTokens.parse(now);
                log.info("The file of tokens {} was read again: {} tokens", file, tokens.size());
            }
        } catch (IOException | IllegalArgumentException e) {
            log.warn("The file of tokens {} is of no use, those that were known go on: {}", file, e.getMessage());
        }
    }
}
