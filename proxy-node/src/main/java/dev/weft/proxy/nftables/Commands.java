package dev.weft.proxy.nftables;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** Runs commands of the host, one after the other; safe for several threads, and no call waits. */
public interface Commands extends AutoCloseable {

    /**
     * Runs one.
     *
     * @param command the program's name and its arguments
     * @param input what it reads
     * @return its end; a program that cannot be run, or does not end in time, has the status {@link Output#NOT_RUN}
     */
    CompletionStage<Output> run(List<String> command, String input);

    /**
     * Has {@code nft} do a script, as one transaction.
     *
     * @param script a command a line
     */
    default CompletionStage<Output> transaction(String script) {
        return run(List.of("nft", "-f", "-"), script);
    }

    /** Whether the host has a program of that name. */
    boolean has(String program);

    /** Runs nothing more; what is under way is ended. */
    @Override
    void close();

    /**
     * How a command ended.
     *
     * @param text all that it printed, to either stream
     */
    record Output(int status, String text) {
        /** No program has this status. */
        public static final int NOT_RUN = -1;

        private static final int SHOWN = 300;

        /** Whether it ended well. */
        public boolean done() {
            return status == 0;
        }

        /** The beginning of what it printed, in one line. */
        public String summary() {
            String line = text.strip().replaceAll("\\s+", " ");
            return line.isEmpty() ? "status " + status : line.length() > SHOWN ? line.substring(0, SHOWN) + "…" : line;
        }
    }
}
