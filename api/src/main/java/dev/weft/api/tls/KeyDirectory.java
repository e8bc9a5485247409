package dev.weft.api.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Where a cluster's keys outlive the process: four files, readable by their owner only. Blocks; for the wiring. */
public final class KeyDirectory {
    private final Path directory;

    public KeyDirectory(Path directory) {
        this.directory = directory;
    }

    /**
     * The keys that are stored here.
     *
     * @return empty where none were made yet
     * @throws IOException where they cannot be read, in a sentence for the user
     */
    public Optional<ClusterKeys> load() throws IOException {
        Map<String, String> parts = new HashMap<>();
        for (String part : ClusterKeys.PARTS) {
            Path file = directory.resolve(part);
            if (Files.exists(file)) {
                parts.put(part, Files.readString(file, StandardCharsets.US_ASCII));
            }
        }
        if (parts.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(ClusterKeys.ofPem(parts));
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    directory + ": the keys of the API are of no use: " + e.getMessage()
                            + " (restore them, or remove all of them: then new ones are made, and every certificate and"
                            + " token that was given out ends)",
                    e);
        }
    }

    /**
     * The keys that are stored here, made where there are none.
     *
     * @throws IOException where they cannot be read or written, in a sentence for the user
     */
    public ClusterKeys loadOrCreate(String cluster, Instant now, SecureRandom chance) throws IOException {
        Optional<ClusterKeys> present = load();
        if (present.isPresent()) {
            return present.get();
        }
        ClusterKeys made = ClusterKeys.create(cluster, now, chance);
        Files.createDirectories(directory);
        for (Map.Entry<String, String> part : made.toPem().entrySet()) {
            write(part.getKey(), part.getValue());
        }
        return made;
    }

    private void write(String name, String text) throws IOException {
        Path written = Files.createTempFile(directory, name, ".new", ownerOnly());
        try (FileChannel channel = FileChannel.open(written, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
            channel.force(true);
        }
        Files.move(written, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private static FileAttribute<?>[] ownerOnly() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }
}
