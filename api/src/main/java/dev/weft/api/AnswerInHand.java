package dev.weft.api;

import akka.stream.UniqueKillSwitch;
import org.jspecify.annotations.Nullable;

/**
 * Whether a connection has a request that is not answered yet. One that has is closed by its answer and not before: Akka HTTP
 * cuts a connection whose requests are no longer taken, with the answer that is under way. Safe for many threads.
 */
final class AnswerInHand {
    private @Nullable UniqueKillSwitch requests;
    private boolean owed;
    private boolean finishing;

    /** The connection runs; this ends its requests. */
    synchronized void running(UniqueKillSwitch end) {
        requests = end;
        endIfIdle();
    }

    /** A request has come. */
    synchronized void owed() {
        owed = true;
    }

    /** Its answer is handed over. */
    synchronized void given() {
        owed = false;
    }

    /** Takes no more requests, at once or after the answer in hand, which says that the connection ends with it. */
    synchronized void finish() {
        finishing = true;
        endIfIdle();
    }

    private void endIfIdle() {
        if (finishing && !owed && requests != null) {
            requests.shutdown();
        }
    }
}
