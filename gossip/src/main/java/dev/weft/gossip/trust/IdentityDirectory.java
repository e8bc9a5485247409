package dev.weft.gossip.trust;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;

/** Where a cluster's identity outlives the process: one file, readable by its owner only. Blocks; for the wiring. */
public final class IdentityDirectory {
    private static final String FILE = "identity.pem";
    private static final String HEAD = "-----BEGIN WEFT CLUSTER KEY-----";
    private static final String FOOT = "-----END WEFT CLUSTER KEY-----";
    private static final String NAME = "Cluster: ";

    private final Path directory;

    public IdentityDirectory(Path directory) {
        this.directory = directory;
    }

    /**
     * The identity that is stored here, made where there is none.
     *
     * @param chance fills bytes with what nobody can guess
     * @throws IOException where it cannot be read or written, or is another cluster's, in a sentence for the user
     */
    public ClusterIdentity loadOrCreate(String cluster, Consumer<byte[]> chance) throws IOException {
        Path file = directory.resolve(FILE);
        try {
            return read(cluster, file, Files.readString(file, StandardCharsets.US_ASCII));
        } catch (NoSuchFileException e) {
            ClusterIdentity made = ClusterIdentity.create(cluster, chance);
            write(made, file);
            return made;
        }
    }

    private static ClusterIdentity read(String cluster, Path file, String text) throws IOException {
        List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
        if (lines.size() != 4
                || !lines.get(0).equals(HEAD)
                || !lines.get(1).startsWith(NAME)
                || !lines.get(3).equals(FOOT)) {
            throw new IOException(file + ": not a cluster's key (expected: as this program wrote it; without it the"
                    + " cluster has to join anew)");
        }
        String name = lines.get(1).substring(NAME.length());
        if (!name.equals(cluster)) {
            throw new IOException(file + ": the key of cluster " + name + " (expected: of " + cluster
                    + "; another cluster needs another data directory)");
        }
        try {
            return ClusterIdentity.of(name, Base64.getDecoder().decode(lines.get(2)));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private void write(ClusterIdentity identity, Path file) throws IOException {
        Files.createDirectories(directory);
        Path written = Files.createTempFile(directory, FILE, ".new", ownerOnly());
        try (FileChannel channel = FileChannel.open(written, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(text(identity).getBytes(StandardCharsets.US_ASCII)));
            channel.force(true);
        }
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** An identity in the form of its file. */
    private static String text(ClusterIdentity identity) {
        return HEAD + "\n" + NAME + identity.cluster() + "\n"
                + Base64.getEncoder().encodeToString(identity.secret()) + "\n" + FOOT + "\n";
    }

    /** The identity that is stored here, made where there is none, in the form of its file. */
    public String text(String cluster, Consumer<byte[]> chance) throws IOException {
        return text(loadOrCreate(cluster, chance));
    }

    /**
     * Stores an identity that came in the form of its file, in place of another.
     *
     * @throws IOException as {@link #loadOrCreate}
     */
    public void adopt(String cluster, String text) throws IOException {
        Path file = directory.resolve(FILE);
        ClusterIdentity adopted = read(cluster, file, text);
        if (!Files.exists(file) || !text(adopted).equals(Files.readString(file, StandardCharsets.US_ASCII))) {
            write(adopted, file);
        }
    }

    private static FileAttribute<?>[] ownerOnly() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }
}
