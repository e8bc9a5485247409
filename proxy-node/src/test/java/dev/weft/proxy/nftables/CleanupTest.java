package dev.weft.proxy.nftables;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.weft.proxy.ProxySettings;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("cleaning up the kernel")
class CleanupTest {
    private static final NftablesSettings SETTINGS = ProxySettings.from(
                    ConfigFactory.parseString("weft.proxy.node=n").withFallback(ConfigFactory.load()))
            .nftables();

    private final List<String> scripts = new CopyOnWriteArrayList<>();

    private Cleanup.Outcome cleanUp(String tables, String table) throws Exception {
        return Cleanup.run(SETTINGS, new Kernel(tables, table))
                .toCompletableFuture()
                .get();
    }

    private static String markedBy(ProcessMark by) {
        return "table inet weft {\n\tchain owner-n {\n\t\t" + String.join("\n\t\t", Skeleton.ownerRules(by))
                + "\n\t}\n}\n";
    }

    @Test
    @DisplayName("names the process that had made the table and still runs")
    void running() throws Exception {
        Process other = new ProcessBuilder("sleep", "600").start();
        try {
            String marked = markedBy(ProcessMark.of(other.toHandle()));
            assertThat(cleanUp("table inet weft\n", marked)).isEqualTo(new Cleanup.Outcome(true, other.pid(), ""));
            other.destroyForcibly().waitFor();
            assertThat(cleanUp("table inet weft\n", marked)).isEqualTo(new Cleanup.Outcome(true, 0, ""));
        } finally {
            other.destroyForcibly();
        }
        assertThat(scripts).containsExactly("delete table inet weft\n", "delete table inet weft\n");
    }

    @Test
    @DisplayName("removes a table that bears no mark, and nothing where there is none of ours")
    void unmarked() throws Exception {
        assertThat(cleanUp("table inet weft\n", "table inet weft {\n}\n")).isEqualTo(new Cleanup.Outcome(true, 0, ""));
        assertThat(cleanUp("table inet other\n", "")).isEqualTo(new Cleanup.Outcome(false, 0, ""));
        assertThat(scripts).hasSize(1);
    }

    /** Lists these, and takes every script. */
    private final class Kernel implements Commands {
        private final String tables;
        private final String table;

        private Kernel(String tables, String table) {
            this.tables = tables;
            this.table = table;
        }

        @Override
        public CompletionStage<Output> run(List<String> command, String input) {
            if (command.contains("-f")) {
                scripts.add(input);
            }
            return CompletableFuture.completedFuture(new Output(0, command.contains("tables") ? tables : table));
        }

        @Override
        public boolean has(String program) {
            return true;
        }

        @Override
        public void close() {
            // nothing is under way
        }
    }
}
