package dev.weft.deploy.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.deploy.terminal.CommandFailed;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * All objects of a cluster as of one version, as text: a line that says what it is, a line for each object, and a line
 * with their count and the SHA-256 of all before it. It holds Secrets, so that only its owner may read it.
 *
 * @param cluster whose they are
 * @param version as of which
 */
public record BackupFile(String cluster, long version, List<Entry> entries) {
    private static final String FORM = "weft/backup/1";
    /** As many as Linux follows. */
    private static final int MOST_LINKS = 40;

    private static final ObjectMapper JSON = new ObjectMapper();

    public BackupFile {
        entries = List.copyOf(entries);
    }

    /**
     * One object.
     *
     * @param group of its kind
     * @param resource its kind's plural
     */
    public record Entry(String group, String resource, ObjectNode object) {}

    /**
     * Writes a file, whole or not at all; it is on disk afterwards. A symbolic link stays one: what it leads to is written.
     * Into what is no file, a pipe or a device, it writes as it comes.
     */
    public void write(Path file) throws IOException {
        if (!Files.exists(file) || Files.isRegularFile(file)) {
            replace(followed(file));
            return;
        }
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file, StandardOpenOption.WRITE))) {
            write(out);
        }
    }

    private static Path followed(Path file) throws IOException {
        Path at = file.toAbsolutePath();
        for (int links = 0; Files.isSymbolicLink(at) && links < MOST_LINKS; links++) {
            at = at.resolveSibling(Files.readSymbolicLink(at));
        }
        return at;
    }

    private void replace(Path file) throws IOException {
        Path written = Files.createTempFile(
                file.getParent(),
                file.getFileName().toString(),
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            try (FileChannel channel = FileChannel.open(written, Set.of(StandardOpenOption.WRITE));
                    OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16)) {
                write(out);
                channel.force(true);
            }
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(written);
        }
    }

    private void write(OutputStream bytes) throws IOException {
        DigestOutputStream out = new DigestOutputStream(bytes, digest());
        line(
                out,
                JSON.createObjectNode()
                        .put("form", FORM)
                        .put("cluster", cluster)
                        .put("version", Long.toString(version)));
        for (Entry entry : entries) {
            ObjectNode line =
                    JSON.createObjectNode().put("group", entry.group()).put("resource", entry.resource());
            line.set("object", entry.object());
            line(out, line);
        }
        String sum = HexFormat.of().formatHex(out.getMessageDigest().digest());
        line(out, JSON.createObjectNode().put("objects", entries.size()).put("sha256", sum));
        out.flush();
    }

    /**
     * Reads a file and makes sure that it is whole.
     *
     * @throws CommandFailed with a sentence if it is no backup, or not as it was written
     */
    public static BackupFile read(Path file) {
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            MessageDigest sum = digest();
            JsonNode head = null;
            List<Entry> entries = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode json = JSON.readTree(line);
                if (head == null) {
                    head = json;
                } else if (json.has("sha256")) {
                    String found = HexFormat.of().formatHex(sum.digest());
                    if (!found.equals(json.path("sha256").asText())
                            || json.path("objects").asInt() != entries.size()
                            || lines.readLine() != null) {
                        throw damaged(file, "its checksum differs");
                    }
                    if (!head.path("form").asText().equals(FORM)) {
                        throw damaged(file, "its form is " + head.path("form") + " (expected: " + FORM + ")");
                    }
                    return new BackupFile(
                            head.path("cluster").asText(), head.path("version").asLong(), entries);
                } else {
                    entries.add(new Entry(
                            json.path("group").asText(),
                            json.path("resource").asText(),
                            json.withObjectProperty("object")));
                }
                sum.update((line + "\n").getBytes(StandardCharsets.UTF_8));
            }
            throw damaged(file, "its end is missing");
        } catch (JsonProcessingException
                | CharacterCodingException
                | IllegalStateException
                | UnsupportedOperationException e) {
            throw damaged(file, "a line of it cannot be read");
        } catch (IOException e) {
            throw CommandFailed.failed(file + " cannot be read: " + e, e);
        }
    }

    private static CommandFailed damaged(Path file, String why) {
        return CommandFailed.failed(file + " is no backup, or is damaged: " + why + "; nothing was changed");
    }

    private static void line(OutputStream out, ObjectNode line) throws IOException {
        out.write((JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
