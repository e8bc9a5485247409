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
     * @param problem what to do about a failure; empty for none
     */
    public record Outcome(boolean removed, String problem) {}

    /** Tries it; the stage never fails. */
    public static CompletionStage<Outcome> run(NftablesSettings settings, Commands commands) {
        if (!commands.has("nft")) {
            return CompletableFuture.completedFuture(new Outcome(false, ""));
        }
        String table = "table inet " + settings.table();
        return commands.run(List.of("nft", "list", "tables", "inet"), "").thenCompose(listed -> {
            if (!listed.done()) {
                return CompletableFuture.completedFuture(
                        new Outcome(false, "cannot read the kernel's tables (" + listed.summary() + "); run as root"));
            }
            if (listed.text().lines().map(String::strip).noneMatch(table::equals)) {
                return CompletableFuture.completedFuture(new Outcome(false, ""));
            }
            return commands.run(List.of("nft", "-f", "-"), "delete " + table + "\n")
                    .thenApply(deleted -> new Outcome(
                            deleted.done(), deleted.done() ? "" : "cannot remove " + table + ": " + deleted.summary()));
        });
    }
}
