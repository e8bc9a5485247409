package dev.weft.api.guard;

import akka.util.ByteString;
import dev.weft.api.guard.RequestHead.Refused;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts what a client sends into requests and lets through complete heads and bodies only. Not safe for many threads: one for
 * each connection.
 */
final class RequestFraming {
    /** A chunk's size has at most so many digits: no overflow, and nobody needs more. */
    private static final int SIZE_DIGITS = 15;

    private static final int END_LENGTH = 4;

    private final GuardSettings bounds;
    private State state = State.HEAD;
    private ByteString held = ByteString.emptyByteString();
    private long remaining;
    private int at;
    private int searched;
    private long heads;

    private enum State {
        HEAD,
        BODY,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        TRAILER,
        UPGRADING,
        OTHER_PROTOCOL
    }

    RequestFraming(GuardSettings bounds) {
        this.bounds = bounds;
    }

    /** Takes what has arrived; gives what may go on, in order, no two requests in one piece. */
    List<ByteString> take(ByteString arrived) throws Refused {
        held = held.isEmpty() ? arrived.compact() : held.concat(arrived).compact();
        List<ByteString> pieces = new ArrayList<>();
        int from = 0;
        at = 0;
        while (true) {
            boolean begins = state == State.HEAD;
            int size = next();
            if ((begins || size == 0) && at > from) {
                pieces.add(held.slice(from, at));
                from = at;
            }
            if (size == 0) {
                held = held.drop(at).compact();
                return pieces;
            }
            at += size;
        }
    }

    /** The size of the next part that may go on; 0 if there is none. */
    private int next() throws Refused {
        return switch (state) {
            case HEAD -> head();
            case BODY -> counted(State.HEAD);
            case CHUNK_SIZE -> chunkSize();
            case CHUNK -> counted(State.CHUNK_END);
            case CHUNK_END -> lineEnd(State.CHUNK_SIZE);
            // Fields behind the last chunk are not served: nobody sends them here.
            case TRAILER -> lineEnd(State.HEAD);
            case UPGRADING -> 0;
            case OTHER_PROTOCOL -> held.size() - at;
        };
    }

    private int head() throws Refused {
        int end = endOfHead();
        int size = (end < 0 ? held.size() : end + END_LENGTH) - at;
        if (size > bounds.headBytes()) {
            throw new Refused(Violation.HEAD_TOO_LARGE);
        }
        if (end < 0) {
            return 0;
        }
        RequestHead head = RequestHead.parse(held.slice(at, end).decodeString(StandardCharsets.ISO_8859_1), bounds);
        heads++;
        remaining = head.length();
        state = head.upgrade() ? State.UPGRADING : afterHead(head);
        return size;
    }

    /** Where the empty line begins; -1 if it is not there. Looks at each byte once, however slowly they come. */
    private int endOfHead() {
        for (int i = at + searched; i + END_LENGTH <= held.size(); i++) {
            if (held.apply(i) == '\r'
                    && held.apply(i + 1) == '\n'
                    && held.apply(i + 2) == '\r'
                    && held.apply(i + 3) == '\n') {
                searched = 0;
                return i;
            }
        }
        searched = Math.max(0, held.size() - at - END_LENGTH + 1);
        return -1;
    }

    private static State afterHead(RequestHead head) {
        if (head.chunked()) {
            return State.CHUNK_SIZE;
        }
        return head.length() > 0 ? State.BODY : State.HEAD;
    }

    private int counted(State then) {
        int size = (int) Math.min(remaining, held.size() - at);
        remaining -= size;
        if (remaining == 0) {
            state = then;
        }
        return size;
    }

    private int chunkSize() throws Refused {
        long size = 0;
        for (int i = 0; at + i < held.size(); i++) {
            byte digit = held.apply(at + i);
            if (digit == '\r' && i > 0) {
                return endOfChunkSize(size, i);
            }
            require(i < SIZE_DIGITS && Character.digit(digit, 16) >= 0);
            size = size * 16 + Character.digit(digit, 16);
        }
        return 0;
    }

    private int endOfChunkSize(long size, int digits) throws Refused {
        if (at + digits + 1 == held.size()) {
            return 0;
        }
        require(held.apply(at + digits + 1) == '\n');
        remaining = size;
        state = size == 0 ? State.TRAILER : State.CHUNK;
        return digits + 2;
    }

    private int lineEnd(State then) throws Refused {
        int there = held.size() - at;
        require(there == 0 || held.apply(at) == '\r');
        require(there < 2 || held.apply(at + 1) == '\n');
        if (there < 2) {
            return 0;
        }
        state = then;
        return 2;
    }

    private static void require(boolean condition) throws Refused {
        if (!condition) {
            throw new Refused(Violation.MALFORMED);
        }
    }

    /** The beginning of an answer: tells what becomes of a wish to leave HTTP. */
    void answered(boolean switching) {
        if (state == State.UPGRADING) {
            state = switching ? State.OTHER_PROTOCOL : State.HEAD;
        }
    }

    /** Whether a head is to come or has come in part. */
    boolean inHead() {
        return state == State.HEAD;
    }

    /** Heads that were let through. */
    long heads() {
        return heads;
    }

    /** Whether part of a request's body is to come. */
    boolean inBody() {
        return switch (state) {
            case BODY, CHUNK_SIZE, CHUNK, CHUNK_END, TRAILER -> true;
            case HEAD, UPGRADING, OTHER_PROTOCOL -> false;
        };
    }

    /** Whether something has arrived that is not complete. */
    boolean holds() {
        return !held.isEmpty();
    }

    /** Whether the connection has left HTTP. */
    boolean switched() {
        return state == State.OTHER_PROTOCOL;
    }

    /** Whether the bytes to come wait for an answer. */
    boolean upgrading() {
        return state == State.UPGRADING;
    }
}
