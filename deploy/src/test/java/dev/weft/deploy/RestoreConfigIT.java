package dev.weft.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.weft.deploy.client.BackupFile;
import dev.weft.deploy.testbed.Call;
import dev.weft.registry.journal.DataDirectoryException;
import dev.weft.registry.journal.JournalDatabase;
import dev.weft.registry.journal.JournalSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A restore with --config")
class RestoreConfigIT {
    private static final JournalSettings SETTINGS =
            JournalSettings.of(ConfigFactory.load().getConfig("weft.registry.journal"));

    @TempDir
    private Path directory;

    private Call restore(String config) throws Exception {
        Path file = directory.resolve("east.backup");
        new BackupFile("east", 1, List.of()).write(file);
        return Call.weft(List.of(
                "restore", file.toString(), "--data", directory.resolve("data").toString(), "--config", config));
    }

    @Test
    @DisplayName("makes the store that a server with the same file opens")
    void shards() throws Exception {
        Path config = Files.writeString(directory.resolve("five.conf"), "weft.registry.shards = 5");

        Call restored = restore(config.toString());

        assertThat(restored.code()).as(restored.err()).isZero();
        Path data = directory.resolve("data");
        assertThatThrownBy(() -> JournalDatabase.open(data, "east", SETTINGS).forShards(16))
                .isInstanceOf(DataDirectoryException.class);
        JournalDatabase.open(data, "east", SETTINGS).forShards(5).close();
    }

    @Test
    @DisplayName("that is not there says so, and makes nothing")
    void missing() throws Exception {
        Call refused = restore(directory.resolve("none.conf").toString());

        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("--config").contains("there is no such file");
        assertThat(directory.resolve("data")).doesNotExist();
    }
}
