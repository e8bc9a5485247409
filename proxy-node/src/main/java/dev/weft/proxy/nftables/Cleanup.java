package dev.weft.proxy.nftables;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Removes our table at once, whoever left it there. Connections that it has led go on where another table of the host has a
 * nat chain; otherwise the kernel stops translating, and they are cut.
 */
public final class Cleanup {
    private Cleanup() {}

    /**
     * How it went.
     *
     * @param removed whether there was a table
     * @param running the process that had programmed it and still runs, which makes it anew; 0 for none that is known
     * @param problem what to do about a failure; empty for none
     */
    public record Outcome(boolean removed, long running, String problem) {
        private static Outcome nothing(String problem) {
            return new Outcome(false, 0, problem);
        }
    }

    /** Tries it; the stage never fails. */
    public static CompletionStage<Outcome> run(NftablesSettings settings, Commands commands) {
        if (!commands.has("nft")) {
            return CompletableFuture.completedFuture(Outcome.nothing(""));
        }
        String table = "table inet " + settings.table();
        return commands.run(List.of("nft", "list", "tables", "inet"), "").thenCompose(listed -> {
            if (!listed.done()) {
                return CompletableFuture.completedFuture(
                        Outcome.nothing("cannot read the kernel's tables (" + listed.summary() + "); run as root"));
            }
            if (listed.text().lines().map(String::strip).noneMatch(table::equals)) {
                return CompletableFuture.completedFuture(Outcome.nothing(""));
            }
            return commands.run(List.of("nft", "list", "table", "inet", settings.table()), "")
                    .thenCompose(content -> remove(table, running(content), commands));
        });
    }

    private static CompletionStage<Outcome> remove(String table, long running, Commands commands) {
        return commands.transaction("delete " + table + "\n")
                .thenApply(deleted -> deleted.done()
                        ? new Outcome(true, running, "")
                        : Outcome.nothing("cannot remove " + table + ": " + deleted.summary()));
    }

    /** Comments of other rules have no such mark. */
    private static long running(Commands.Output content) {
        ProcessMark by = ProcessMark.in(content.text());
        return by != null && by.isRival() ? by.pid() : 0;
    }
}
