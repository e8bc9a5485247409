package dev.weft.proxy.dns;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** One message and its answer; made once and used again for every message of an event loop. */
final class Exchange {
    /** How many aliases may stand behind each other. */
    static final int MAX_ALIASES = 8;

    final byte[] message = new byte[Wire.MAX_MESSAGE_BYTES];
    final DnsRequest request = new DnsRequest();
    final ResponseBuffer response = new ResponseBuffer(Wire.MAX_MESSAGE_BYTES);
    final ParsedName alias = new ParsedName();

    /** The targets of the aliases that the answer has gone through. */
    final @Nullable ByteKey[] passed = new ByteKey[MAX_ALIASES];

    int length;
    InetAddress client = InetAddress.getLoopbackAddress();
    boolean tcp;

    /** Where rotated answers begin; the server counts it up. */
    int rotation;

    long epochSeconds;

    /** Set by the answer: where its OPT record begins, or its end. */
    int answerEnd;

    /** Set by the answer: the name is an alias for one outside of our zones, whose records are not in the answer. */
    byte @Nullable [] outsideTarget;

    /** Whether a target is one of the first {@code count} that were gone through. */
    boolean passedBefore(ByteKey target, int count) {
        for (int i = 0; i < count; i++) {
            if (target.equals(passed[i])) {
                return true;
            }
        }
        return false;
    }
}
