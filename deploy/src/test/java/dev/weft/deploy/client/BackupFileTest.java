package dev.weft.deploy.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.weft.deploy.terminal.CommandFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A backup")
class BackupFileTest {
    private static final BackupFile BACKUP = new BackupFile(
            "east",
            7,
            List.of(new BackupFile.Entry(
                    "", "configmaps", JsonNodeFactory.instance.objectNode().put("kind", "Käse"))));

    @TempDir
    Path folder = Path.of("");

    @Test
    @DisplayName("goes where a symbolic link leads, and leaves the link")
    void link() throws IOException {
        Path file = folder.resolve("file");
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("file"));
        for (int times = 0; times < 2; times++) {
            BACKUP.write(link);
            assertThat(link).isSymbolicLink();
            assertThat(Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)).isTrue();
            assertThat(BackupFile.read(file)).isEqualTo(BACKUP);
        }
    }

    @Test
    @DisplayName("goes through a pipe, which stays one")
    void pipe() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        CompletableFuture<BackupFile> read = CompletableFuture.supplyAsync(() -> BackupFile.read(pipe));
        BACKUP.write(pipe);
        assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo(BACKUP);
        assertThat(Files.isRegularFile(pipe)).isFalse();
    }

    @Test
    @DisplayName("is written into a device, which says when it is full")
    void device() throws IOException {
        Path device = Files.createSymbolicLink(folder.resolve("device"), Path.of("/dev/full"));
        assertThatThrownBy(() -> BACKUP.write(device)).hasMessageContaining("No space left");
        assertThat(device).isSymbolicLink();
    }

    @Test
    @DisplayName("of which any byte was changed is called damaged, and that nothing was done")
    void damaged() throws IOException {
        Path file = folder.resolve("file");
        BACKUP.write(file);
        byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at++) {
            byte[] changed = whole.clone();
            changed[at] ^= (byte) 0x80;
            Files.write(file, changed);
            assertThatThrownBy(() -> BackupFile.read(file))
                    .isInstanceOf(CommandFailed.class)
                    .hasMessageContaining("is damaged")
                    .hasMessageContaining("nothing was changed");
        }
    }
}
