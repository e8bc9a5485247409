package dev.weft.proxy.dns;

import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Has upstreams answer what is in none of our zones, for those who may ask that; remembers answers, and gives stale ones
 * while upstreams are silent. Equal questions under way at the same time are asked once. Safe for several event loops.
 */
final class Forwarder {
    private static final int DNSSEC_OK = 0x8000;

    private final DnsSettings.Forwarding settings;
    private final List<InetSocketAddress> upstreams;
    private final AddressRanges networks;
    private final AnswerCache cache;
    private final UpstreamQuery query;
    private final DnsCounts counts;
    private final LongSupplier nanos;
    private final UnderWay underWay;

    Forwarder(
            DnsSettings.Forwarding settings,
            List<InetSocketAddress> upstreams,
            UpstreamQuery query,
            DnsCounts counts,
            LongSupplier nanos) {
        this.settings = settings;
        this.upstreams = List.copyOf(upstreams);
        this.networks = new AddressRanges("weft.proxy.dns.forward.networks", settings.networks());
        this.cache = new AnswerCache(settings);
        this.underWay = new UnderWay(settings.maxInFlight());
        this.query = query;
        this.counts = counts;
        this.nanos = nanos;
    }

    /** Whether the client of the exchange may have other zones' names looked up. */
    boolean serves(Exchange exchange) {
        return (exchange.request.flags() & Wire.RD) != 0 && networks.contains(exchange.client);
    }

    /** Has the question of the exchange answered; false when this client is to be refused. */
    boolean forward(Exchange exchange, DnsAnswer answer, EventLoop loop, Reply reply) {
        if (!serves(exchange)) {
            return false;
        }
        ParsedName name = exchange.request.name();
        byte[] target = Arrays.copyOf(name.bytes(), name.length());
        ask(exchange, target, client(exchange, answer, exchange.request.questionEnd(), false, loop, reply));
        return true;
    }

    /** Has the outside target of an alias looked up; false when the alias alone is the answer. */
    boolean follow(Exchange exchange, DnsAnswer answer, EventLoop loop, Reply reply) {
        byte[] target = exchange.outsideTarget;
        if (target == null || !serves(exchange)) {
            return false;
        }
        ask(exchange, target, client(exchange, answer, exchange.answerEnd, true, loop, reply));
        return true;
    }

    private static ClientQuestion client(
            Exchange exchange, DnsAnswer answer, int start, boolean alias, EventLoop loop, Reply reply) {
        ResponseBuffer out = exchange.response;
        byte[] opt = Arrays.copyOfRange(out.bytes(), exchange.answerEnd, out.length());
        byte[] begun = Arrays.copyOf(out.bytes(), start);
        if (opt.length > 0) {
            begun[RecordSet.ADDITIONAL + 1]--; // added again with the record itself
        }
        return new ClientQuestion(
                new ByteKey(begun),
                exchange.request.questionEnd(),
                new ByteKey(opt),
                answer.limit(exchange, Wire.MAX_MESSAGE_BYTES),
                alias,
                loop,
                reply);
    }

    private void ask(Exchange exchange, byte[] target, ClientQuestion client) {
        DnsRequest request = exchange.request;
        boolean dnssec = (request.ednsFlags() & DNSSEC_OK) != 0;
        int type = request.type();
        int checking = request.flags() & Wire.CD;
        ByteKey key = new ByteKey(DnsName.join(
                target, new byte[] {(byte) (type >>> 8), (byte) type, (byte) (dnssec ? 1 : 0), (byte) checking}));
        AnswerCache.Entry known = cache.get(key, nanos.getAsLong());
        if (known != null && !known.toBeAsked()) {
            counts.fromCache.increment();
            client.complete(known);
            return;
        }
        switch (underWay.join(key, client, known != null)) {
            case FIRST -> {
                counts.forwarded.increment();
                EventLoop loop = client.loop();
                UpstreamQuery.Question question = new UpstreamQuery.Question(target, type, checking, dnssec);
                attempt(new Asking(question, key, known == null ? null : staleWhenLate(key, loop), loop), 0);
            }
            case WAITS -> {}
            default -> {
                if (known != null) {
                    counts.fromCache.increment();
                    client.complete(known);
                } else {
                    client.fail();
                }
            }
        }
    }

    /** A question on its way, and what gives stale answers when it takes long. */
    private record Asking(
            UpstreamQuery.Question question,
            ByteKey key,
            @Nullable Future<?> patience,
            EventLoop loop) {}

    /** RFC 8767, 5: who waits gets a stale answer after a while, and the upstreams are waited for further. */
    private Future<?> staleWhenLate(ByteKey key, EventLoop loop) {
        return loop.schedule(
                () -> {
                    AnswerCache.Entry stale = cache.get(key, nanos.getAsLong());
                    if (stale != null) {
                        underWay.late(key).forEach(client -> client.complete(stale));
                    }
                },
                settings.staleAnswerAfter().toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** Asks one upstream after the other until one answers. */
    private void attempt(Asking asking, int tries) {
        if (tries >= settings.attempts() || upstreams.isEmpty()) {
            counts.upstreamFailures.increment();
            cache.failed(asking.key(), nanos.getAsLong());
            end(asking, cache.get(asking.key(), nanos.getAsLong()));
            return;
        }
        InetSocketAddress upstream = upstreams.get(tries % upstreams.size());
        query.ask(asking.question(), upstream, asking.loop(), answer -> {
            if (answer != null && (answer.code() == Wire.NOERROR || answer.code() == Wire.NXDOMAIN)) {
                cache.put(asking.key(), answer, nanos.getAsLong());
                end(asking, AnswerCache.Entry.of(answer));
            } else {
                attempt(asking, tries + 1);
            }
        });
    }

    private void end(Asking asking, AnswerCache.@Nullable Entry entry) {
        if (asking.patience() != null) {
            asking.patience().cancel(false);
        }
        for (ClientQuestion client : underWay.end(asking.key())) {
            if (entry != null) {
                client.complete(entry);
            } else {
                client.fail();
            }
        }
    }
}
