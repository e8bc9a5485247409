package dev.weft.registry.shard;

import dev.weft.registry.journal.Causes;
import dev.weft.registry.journal.StorageException;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Write;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a shard answers those who sent it commands, and the words in which it refuses. */
final class ShardReplies {
    /** Short: kubectl repeats ten times before it says a word, and should outlast a database's change of its primary. */
    private static final int RETRY_SECONDS = 1;

    private ShardReplies() {}

    /** Answers a command that was decided. */
    static void answer(ShardCommand command, ShardDecision.Answer answer) {
        if (command instanceof ShardCommand.Submit submit && answer instanceof ShardDecision.Answer.ToSubmit to) {
            submit.replyTo().tell(to.submitted());
        } else if (command instanceof ShardCommand.Derive derive
                && answer instanceof ShardDecision.Answer.ToDerive to) {
            derive.replyTo().tell(to.derived());
        } else if (command instanceof ShardCommand.Allocate allocate
                && answer instanceof ShardDecision.Answer.ToAllocate to) {
            allocate.replyTo().tell(to.allocated());
        }
    }

    /** Answers a command that is not carried out. */
    static void refuse(ShardCommand command, Refusal refusal) {
        if (command instanceof ShardCommand.Submit submit) {
            submit.replyTo().tell(new ShardCommand.Submitted.Decided(new Write.Outcome.Refused(refusal)));
        } else if (command instanceof ShardCommand.Allocate allocate) {
            allocate.replyTo().tell(new ShardCommand.Allocated.Denied(refusal));
        }
        // A reconciler gets no answer and, being level-triggered, tries again.
    }

    /**
     * What those hear who ask a shard that the store has failed. Clients repeat any 5xx that says after how long, without a
     * word to their user; so what somebody has to mend says nothing of it (client-go's request.go).
     */
    static Refusal storeFailed(int shard, @Nullable Throwable cause) {
        return StorageException.in(cause)
                .map(storage -> switch (storage.kind()) {
                    case FULL -> notStored(Refusal.Reason.InsufficientStorage, storage, 0);
                    case CORRUPT ->
                        new Refusal(
                                Refusal.Reason.InternalError,
                                "shard " + shard + " of the registry is stopped, since what it stored is damaged: "
                                        + storage.getMessage() + "; restore a backup into another directory",
                                null,
                                "",
                                List.of(),
                                0);
                    case CONFLICT -> notStored(Refusal.Reason.ServiceUnavailable, storage, RETRY_SECONDS);
                    case IO, CLOSED -> notStored(Refusal.Reason.InternalError, storage, RETRY_SECONDS);
                })
                .orElseGet(() -> new Refusal(
                        Refusal.Reason.ServiceUnavailable,
                        "shard " + shard + " of the registry cannot store or load: " + Causes.inWords(cause),
                        null,
                        "",
                        List.of(),
                        RETRY_SECONDS));
    }

    private static Refusal notStored(Refusal.Reason reason, StorageException storage, int retrySeconds) {
        return new Refusal(reason, "not stored: " + storage.getMessage(), null, "", List.of(), retrySeconds);
    }

    /** For those whose commands were being stored: where the store does not say, they may be. */
    static Refusal inDoubt(Refusal refusal, @Nullable Throwable cause) {
        return StorageException.in(cause).isPresent()
                ? refusal
                : Refusal.timeout("not confirmed: the store failed, so it may or may not have been carried out", 0);
    }

    /** For those whose commands a shard has no room for. */
    static Refusal tooMany(int shard, int waiting) {
        return new Refusal(
                Refusal.Reason.TooManyRequests,
                "shard " + shard + " of the registry has " + waiting + " writes waiting; try again later",
                null,
                "",
                List.of(),
                1);
    }
}
