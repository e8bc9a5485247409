package dev.weft.proxy.dns;

import java.util.concurrent.atomic.LongAdder;

/** Counts of the whole server; counted on any event loop. */
final class DnsCounts {
    final LongAdder udpQuestions = new LongAdder();
    final LongAdder tcpQuestions = new LongAdder();
    final LongAdder dropped = new LongAdder();
    final LongAdder rateLimited = new LongAdder();
    final LongAdder truncated = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder noSuchName = new LongAdder();
    final LongAdder forwarded = new LongAdder();
    final LongAdder fromCache = new LongAdder();
    final LongAdder upstreamFailures = new LongAdder();
}
