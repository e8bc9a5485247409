package dev.weft.proxy.nftables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With a script of the shell for nft, which talks as it does. */
@DisplayName("a child nft that stays")
@Timeout(300)
class StandingNftTest {
    private static final String ANSWER = "describe*) printf 'datatype tcp_flag\\n\\tcwr 0x80\\n';; ";

    @TempDir
    private Path folder = Path.of("");

    private StandingNft nft = new StandingNft(Path.of("nft"), Duration.ofSeconds(1));

    @AfterEach
    void close() {
        nft.close();
    }

    /** @param cases of the shell, by line */
    private Path program(String begin, String cases) throws IOException {
        Path program = folder.resolve("nft");
        Files.writeString(
                program,
                "#!/bin/sh\necho start >> " + folder.resolve("starts") + "\n[ \"$1\" = -i ] || { cat > "
                        + folder.resolve("file") + "; exit 0; }\n" + begin
                        + "\nwhile read -r line; do case \"$line\" in " + cases + ANSWER + "*) echo \"$line\" >> "
                        + folder.resolve("lines") + ";; esac; done\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return program;
    }

    private void begin(String begin, String cases, Duration timeout) throws IOException {
        nft = new StandingNft(program(begin, cases), timeout);
    }

    private Commands.Output run(String script) throws IOException {
        return Objects.requireNonNull(nft.run(script));
    }

    private long starts() throws IOException {
        return Files.readAllLines(folder.resolve("starts")).size();
    }

    @Test
    @DisplayName("takes each transaction as one line, from one start")
    void oneLine() throws IOException {
        begin("", "", Duration.ofSeconds(60));
        assertThat(run("add a\nadd b\n").done()).isTrue();
        assertThat(run("add c\n").done()).isTrue();
        assertThat(folder.resolve("lines")).hasContent("add a; add b\nadd c");
        assertThat(starts()).isEqualTo(1);
        assertThat(nft.takes("add a")).isTrue();
        assertThat(nft.takes("x".repeat(10_000))).as("a long one").isFalse();
    }

    @Test
    @DisplayName("tells errors, and not warnings, and goes on after them")
    void errors() throws IOException {
        begin(
                "",
                "bad*) echo 'Error: No such file or directory' >&2;; old*) echo 'Warning: deprecated';; ",
                Duration.ofSeconds(60));
        Commands.Output refused = run("bad\n");
        assertThat(refused.done()).isFalse();
        assertThat(refused.summary()).isEqualTo("Error: No such file or directory");
        assertThat(run("old\n").done()).isTrue();
        assertThat(run("good\n").done()).isTrue();
        assertThat(starts()).isEqualTo(1);
    }

    @Test
    @DisplayName("that ends amid a transaction leaves it in doubt, and the next goes to another")
    void ends() throws IOException {
        begin("", "die*) exit 3;; ", Duration.ofSeconds(60));
        assertThatThrownBy(() -> nft.run("die\n")).isInstanceOf(IOException.class);
        assertThat(run("add a\n").done()).isTrue();
        assertThat(starts()).isEqualTo(2);
    }

    @Test
    @DisplayName("that hangs is killed in the end")
    void hangs() throws IOException {
        begin("", "hang*) exec sleep 600;; ", Duration.ofSeconds(5));
        assertThat(run("add a\n").done()).isTrue();
        assertThatThrownBy(() -> nft.run("hang\n")).isInstanceOf(IOException.class);
    }

    @Test
    @DisplayName("is replaced after a thousand lines, for it remembers them")
    void replaced() throws IOException {
        begin("", "", Duration.ofSeconds(60));
        for (int line = 0; line < 1_001; line++) {
            assertThat(run("add " + line + "\n").done()).isTrue();
        }
        assertThat(starts()).isEqualTo(2);
    }

    @Test
    @DisplayName("that does not talk as expected is not asked again: scripts go by files")
    void useless() throws Exception {
        Path program = program("echo 'nft> '", "");
        nft = new StandingNft(program, Duration.ofSeconds(60));
        assertThat(nft.run("add a\n")).isNull();
        assertThat(nft.takes("add a\n")).isFalse();

        try (ChildCommands commands = new ChildCommands(Duration.ofSeconds(60), Map.of("PATH", folder.toString()))) {
            assertThat(commands.transaction("add a\nadd b\n")
                            .toCompletableFuture()
                            .get(60, TimeUnit.SECONDS)
                            .done())
                    .isTrue();
        }
        assertThat(folder.resolve("file")).hasContent("add a\nadd b\n");
        assertThat(folder.resolve("lines")).doesNotExist();
    }
}
