package dev.weft.proxy.dns;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** One message and its answer; made once and used again for every message of an event loop. */
final class Exchange {
    final byte[] message = new byte[Wire.MAX_MESSAGE_BYTES];
    final DnsRequest request = new DnsRequest();
    final ResponseBuffer response = new ResponseBuffer(Wire.MAX_MESSAGE_BYTES);
    final ParsedName alias = new ParsedName();

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
}
