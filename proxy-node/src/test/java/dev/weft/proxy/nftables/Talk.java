package dev.weft.proxy.nftables;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.Patience;
import java.io.BufferedWriter;
import java.io.IOException;

/** A client in a namespace, which says something for each line that it is told. */
record Talk(Process client) implements AutoCloseable {
    /** Has it do what it is for, and gives what it says of that. */
    String ask() throws IOException {
        BufferedWriter questions = client.outputWriter();
        questions.write("?\n");
        questions.flush();
        return String.valueOf(client.inputReader().readLine());
    }

    /** Waits until it has made so many calls more, of which none may have failed; for one of {@link Hosts#rush}. */
    void awaitCalls(int enough) {
        int[] made = {0};
        Patience.await().until(() -> {
            String[] told = ask().split(" ", 2);
            assertThat(told[1]).as("what failed").isEqualTo("none");
            made[0] += Integer.parseInt(told[0]);
            return made[0] >= enough;
        });
    }

    /** Ends it, so that what it sends is not counted by the tests that follow. */
    @Override
    public void close() {
        client.destroyForcibly();
        client.onExit().join();
    }
}
