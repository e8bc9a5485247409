package dev.weft.proxy.dns;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What both transports do with a message: answers it from the zones, or has it forwarded. */
final class QuestionService {
    private final @Nullable ResponseRate rate;
    private final DnsAnswer answer;
    private final Supplier<ZoneData> data;
    private final @Nullable Forwarder forwarder;
    private final AddressRanges exempt;
    private final DnsCounts counts;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final FastThreadLocal<Exchange> exchanges = new FastThreadLocal<>() {
        @Override
        protected Exchange initialValue() {
            return new Exchange();
        }
    };

    /** @param forwarder null when nothing is forwarded */
    QuestionService(
            DnsSettings settings,
            DnsAnswer answer,
            Supplier<ZoneData> data,
            @Nullable Forwarder forwarder,
            DnsCounts counts,
            InstantSource clock,
            LongSupplier nanos) {
        DnsSettings.RateLimit limit = settings.rateLimit();
        this.rate = limit.responsesPerSecond() == 0
                ? null
                : new ResponseRate(limit.responsesPerSecond(), limit.slip(), limit.tableSize());
        this.answer = answer;
        this.data = data;
        this.forwarder = forwarder;
        this.exempt = new AddressRanges("weft.proxy.dns.rate-limit.exempt", limit.exempt());
        this.counts = counts;
        this.clock = clock;
        this.nanos = nanos;
    }

    /** The buffers of the event loop that calls. */
    Exchange exchange() {
        return exchanges.get();
    }

    DnsCounts counts() {
        return counts;
    }

    long nanos() {
        return nanos.getAsLong();
    }

    /**
     * Takes the message of the exchange.
     *
     * @return whether the reply was or will be called; it may be called before this returns
     */
    boolean handle(Exchange exchange, EventLoop loop, Reply reply) {
        (exchange.tcp ? counts.tcpQuestions : counts.udpQuestions).increment();
        exchange.epochSeconds = clock.millis() / 1000;
        exchange.rotation++;
        DnsAnswer.Verdict verdict = answer.answer(exchange, data.get());
        if (verdict == DnsAnswer.Verdict.DROP || !mayAnswer(exchange)) {
            if (verdict == DnsAnswer.Verdict.DROP) {
                counts.dropped.increment();
            }
            return false;
        }
        ResponseBuffer out = exchange.response;
        if (forwarder != null && (Wire.unsignedShort(out.bytes(), 2) & Wire.TC) == 0) {
            if (verdict == DnsAnswer.Verdict.FORWARD && forwarder.forward(exchange, answer, loop, reply)) {
                return true;
            }
            if (exchange.outsideTarget != null && forwarder.follow(exchange, answer, loop, reply)) {
                return true;
            }
        }
        if (forwarder != null && forwarder.serves(exchange)) {
            out.setShort(2, Wire.unsignedShort(out.bytes(), 2) | Wire.RA);
        }
        count(out);
        reply.send(out.bytes(), out.length());
        return true;
    }

    private boolean mayAnswer(Exchange exchange) {
        if (rate == null || exchange.tcp || exempt.contains(exchange.client) || answer.hasValidCookie(exchange)) {
            return true;
        }
        ResponseRate.Ruling ruling = rate.rule(exchange.client, nanos.getAsLong());
        if (ruling == ResponseRate.Ruling.SEND) {
            return true;
        }
        counts.rateLimited.increment();
        if (ruling == ResponseRate.Ruling.TRUNCATE) {
            answer.truncate(exchange);
            return true;
        }
        return false;
    }

    private void count(ResponseBuffer out) {
        int flags = Wire.unsignedShort(out.bytes(), 2);
        if ((flags & Wire.TC) != 0) {
            counts.truncated.increment();
        }
        switch (flags & 0x0F) {
            case Wire.NXDOMAIN -> counts.noSuchName.increment();
            case Wire.REFUSED -> counts.refused.increment();
            default -> {}
        }
    }
}
