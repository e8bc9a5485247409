package dev.weft.deploy.server;

import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.registry.journal.StoreAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The shared store as the user named it, with its password from wherever the user keeps it. */
public final class StoreOption {
    private StoreOption() {}

    /**
     * Puts address and password together; a file goes before the environment, and both before the address.
     *
     * @throws CommandFailed as wrong usage, with a sentence that holds no password
     */
    public static Optional<StoreAddress> read(@Nullable String url, @Nullable Path file, @Nullable String environment) {
        if (url == null) {
            if (file != null) {
                throw CommandFailed.usage("--store-password-file " + file + ": there is no --store that it is for");
            }
            return Optional.empty();
        }
        StoreAddress address;
        try {
            address = StoreAddress.parse(url);
        } catch (IllegalArgumentException e) {
            throw CommandFailed.usage("--store: " + e.getMessage());
        }
        if (file != null) {
            return Optional.of(address.with(firstLine(file)));
        }
        return Optional.of(environment == null ? address : address.with(environment));
    }

    private static String firstLine(Path file) {
        try {
            List<String> lines = Files.readAllLines(file);
            if (!lines.isEmpty()) {
                return lines.get(0);
            }
        } catch (IOException e) {
            throw CommandFailed.usage("--store-password-file " + file + ": cannot be read: " + e);
        }
        throw CommandFailed.usage("--store-password-file " + file + ": is empty (expected: the password)");
    }
}
