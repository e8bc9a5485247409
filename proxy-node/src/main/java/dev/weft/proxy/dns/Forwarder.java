package dev.weft.proxy.dns;

import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Has upstreams answer what is in none of our zones, for those who may ask that; remembers answers. Equal questions
 * under way at the same time are asked once. Safe for several event loops.
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
    private final Map<ByteKey, List<ClientQuestion>> underWay = new ConcurrentHashMap<>();
    private final AtomicInteger waiting = new AtomicInteger();

    Forwarder(
            DnsSettings.Forwarding settings,
            List<InetSocketAddress> upstreams,
            UpstreamQuery query,
            DnsCounts counts,
            LongSupplier nanos) {
        this.settings = settings;
        this.upstreams = List.copyOf(upstreams);
        this.networks = new AddressRanges("weft.proxy.dns.forward.networks", settings.networks());
        this.cache = new AnswerCache(
                settings.cacheEntries(),
                settings.maxTtl().toSeconds(),
                settings.serveStale().toSeconds());
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
        if (known != null && known.fresh()) {
            counts.fromCache.increment();
            client.complete(known);
            return;
        }
        if (waiting.incrementAndGet() > settings.maxInFlight()) {
            waiting.decrementAndGet();
            if (known != null) {
                client.complete(known);
            } else {
                client.fail();
            }
            return;
        }
        List<ClientQuestion> first = new ArrayList<>(List.of(client));
        List<ClientQuestion> together = underWay.merge(key, first, (present, more) -> {
            List<ClientQuestion> joined = new ArrayList<>(present);
            joined.addAll(more);
            return joined;
        });
        if (together.size() == 1) {
            counts.forwarded.increment();
            attempt(new UpstreamQuery.Question(target, type, checking, dnssec), key, 0, client.loop());
        }
    }

    /** Asks one upstream after the other until one answers. */
    private void attempt(UpstreamQuery.Question question, ByteKey key, int tries, EventLoop loop) {
        if (tries >= settings.attempts() || upstreams.isEmpty()) {
            counts.upstreamFailures.increment();
            end(key, null);
            return;
        }
        InetSocketAddress upstream = upstreams.get(tries % upstreams.size());
        query.ask(question, upstream, loop, answer -> {
            if (answer != null && (answer.code() == Wire.NOERROR || answer.code() == Wire.NXDOMAIN)) {
                cache.put(key, answer, nanos.getAsLong());
                end(key, answer);
            } else {
                attempt(question, key, tries + 1, loop);
            }
        });
    }

    private void end(ByteKey key, @Nullable ForeignAnswer answer) {
        List<ClientQuestion> clients = underWay.remove(key);
        if (clients == null) {
            return;
        }
        long now = nanos.getAsLong();
        AnswerCache.Entry entry =
                answer != null ? new AnswerCache.Entry(answer, now, now, 0, true) : cache.get(key, now);
        for (ClientQuestion client : clients) {
            waiting.decrementAndGet();
            if (entry != null) {
                client.complete(entry);
            } else {
                client.fail();
            }
        }
    }
}
