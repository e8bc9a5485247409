package dev.weft.proxy.dns;

import dev.weft.proxy.dns.NameRecords.Standing;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * From a question's bytes to an answer's bytes; pure but for the buffers of the {@link Exchange}. Allocates nothing for
 * names of services asked over IPv4.
 */
final class DnsAnswer {
    /** What is to be done with the answer. */
    enum Verdict {
        RESPOND,
        /** Nothing may be sent. */
        DROP,
        /** The name is in none of our zones; what is written is the refusal for a client that may not be helped. */
        FORWARD
    }

    private static final int NEGATIVE = 8;
    private static final int OPT_BYTES = 11;
    private static final int COOKIE_BYTES = 4 + ServerCookies.CLIENT_BYTES + ServerCookies.BYTES;
    private static final int IPV4_RECORD_BYTES = 16;
    private static final int IPV6_RECORD_BYTES = 28;
    private static final byte[] NS = DnsName.labels("ns", "dns");
    private static final byte[] HOSTMASTER = DnsName.labels("hostmaster");
    private static final byte[] RFC_8482 = "RFC8482".getBytes(StandardCharsets.US_ASCII);
    // Timers of the SOA, which matter to secondaries only, and there are none.
    private static final int REFRESH_SECONDS = 7200;
    private static final int RETRY_SECONDS = 1800;
    private static final int EXPIRE_SECONDS = 86_400;

    private final DnsSettings settings;
    private final Zones zones;
    private final NameLookup lookup;
    private final ServerCookies cookies;
    private final AddressRanges verified;

    DnsAnswer(DnsSettings settings, Zones zones, NameLookup lookup, ServerCookies cookies) {
        this.settings = settings;
        this.zones = zones;
        this.lookup = lookup;
        this.cookies = cookies;
        this.verified = new AddressRanges("weft.proxy.dns.verified-networks", settings.verifiedNetworks());
    }

    /** Answers the message of the exchange into its response. */
    Verdict answer(Exchange exchange, ZoneData data) {
        DnsRequest request = exchange.request;
        exchange.outsideTarget = null;
        int code = request.parse(exchange.message, exchange.length);
        if (code == DnsRequest.DROP) {
            return Verdict.DROP;
        }
        begin(exchange);
        if (code != Wire.NOERROR) {
            return finish(exchange, code);
        }
        if (request.version() > 0) {
            return finish(exchange, Wire.BADVERS);
        }
        int type = request.type();
        if (type == Wire.OPT) {
            return finish(exchange, Wire.FORMERR);
        }
        if (request.queryClass() != Wire.CLASS_IN || (type >= 249 && type < Wire.ANY)) {
            return finish(exchange, Wire.REFUSED); // no other class; no transfers, no keys
        }
        Zone zone = zones.holding(request.name());
        NameRecords records = zone == null ? NameRecords.NOT_OURS : lookup.find(request.name(), zone, data);
        if (zone == null || records.standing() == Standing.NOT_OURS) {
            finish(exchange, Wire.REFUSED);
            return Verdict.FORWARD;
        }
        return answer(exchange, data, zone, records);
    }

    private Verdict answer(Exchange exchange, ZoneData data, Zone zone, NameRecords records) {
        ResponseBuffer out = exchange.response;
        out.setShort(2, Wire.unsignedShort(out.bytes(), 2) | Wire.AA);
        int zoneAt = Wire.HEADER_BYTES + exchange.request.name().length() - zone.wire().length;
        switch (records.standing()) {
            case UNKNOWN -> {
                return finish(exchange, Wire.SERVFAIL);
            }
            case NO_NAME -> {
                negative(exchange, zoneAt, data);
                return finish(exchange, Wire.NXDOMAIN);
            }
            case APEX -> apex(exchange, data, zoneAt);
            default -> {
                RecordSet found = records.ofType(exchange.request.type());
                if (exchange.request.type() == Wire.ANY) {
                    any(out);
                } else if (found != null) {
                    write(exchange, records, found);
                } else if (records.cname() != null) {
                    return alias(exchange, data, records);
                } else {
                    negative(exchange, zoneAt, data);
                }
            }
        }
        return finish(exchange, Wire.NOERROR);
    }

    private void write(Exchange exchange, NameRecords records, RecordSet found) {
        ResponseBuffer out = exchange.response;
        int limit = roomFor(exchange, found.size());
        int fits = limit - out.length();
        if (found.size() > fits && records.subset() && !exchange.tcp) {
            // DNS-14: the same endpoints for A and AAAA, so as many as the larger records leave room for.
            int each = records.aaaa() == null ? IPV4_RECORD_BYTES : IPV6_RECORD_BYTES;
            found.writeSubset(out, limit, fits / each, exchange.client.hashCode());
        } else if (found.write(out, limit, exchange.rotation)) {
            found.writeAdditional(out, roomFor(exchange, found.additionalSize()));
        } else {
            truncated(out);
        }
    }

    /** The alias, and behind it what it stands for as far as we know that (rule DNS-9). */
    private Verdict alias(Exchange exchange, ZoneData data, NameRecords first) {
        ResponseBuffer out = exchange.response;
        int type = exchange.request.type();
        NameRecords records = first;
        int owner = Wire.QUESTION_POINTER;
        for (int i = 0; i < Exchange.MAX_ALIASES; i++) {
            RecordSet cname = records.cname();
            ByteKey key = records.target();
            if (cname == null || key == null) {
                return followed(exchange, records.ofType(type), owner);
            }
            if (exchange.passedBefore(key, i)) {
                break;
            }
            exchange.passed[i] = key;
            byte[] target = key.bytes();
            int start = out.length();
            if (!cname.write(out, roomFor(exchange, cname.size()), 0)) {
                truncated(out);
                return finish(exchange, Wire.NOERROR);
            }
            out.setShort(start, owner);
            owner = 0xC000 | (out.length() - target.length);
            exchange.alias.parse(target, 0, target.length);
            Zone zone = zones.holding(exchange.alias);
            records = zone == null ? NameRecords.NOT_OURS : lookup.find(exchange.alias, zone, data);
            switch (records.standing()) {
                case NOT_OURS -> {
                    exchange.outsideTarget = target;
                    return finish(exchange, Wire.NOERROR);
                }
                case UNKNOWN -> {
                    return finish(exchange, Wire.SERVFAIL);
                }
                case NO_NAME -> {
                    return finish(exchange, Wire.NXDOMAIN); // RFC 6604: the code is the last name's
                }
                default -> {}
            }
        }
        begin(exchange); // a ring of aliases, or too many: none of them is of use
        out.setShort(2, Wire.unsignedShort(out.bytes(), 2) | Wire.AA);
        return finish(exchange, Wire.SERVFAIL);
    }

    private Verdict followed(Exchange exchange, @Nullable RecordSet found, int owner) {
        ResponseBuffer out = exchange.response;
        if (found != null && exchange.request.type() != Wire.ANY) {
            int start = out.length();
            if (!found.write(out, roomFor(exchange, found.size()), exchange.rotation)) {
                truncated(out);
            }
            for (int at = start; at < out.length(); at += 12 + Wire.unsignedShort(out.bytes(), at + 10)) {
                out.setShort(at, owner);
            }
        }
        return finish(exchange, Wire.NOERROR);
    }

    private void apex(Exchange exchange, ZoneData data, int zoneAt) {
        ResponseBuffer out = exchange.response;
        switch (exchange.request.type()) {
            case Wire.SOA -> {
                soa(out, zoneAt, data, settings.ttl().toSeconds());
                out.count(RecordSet.ANSWERS, 1);
            }
            case Wire.NS -> {
                owner(out, zoneAt, Wire.NS, settings.ttl().toSeconds());
                out.putShort(NS.length + 2);
                out.put(NS);
                out.putShort(0xC000 | zoneAt);
                out.count(RecordSet.ANSWERS, 1);
            }
            case Wire.ANY -> any(out);
            default -> negative(exchange, zoneAt, data);
        }
    }

    /** RFC 2308: the SOA in the authority section says how long the absence may be remembered. */
    private void negative(Exchange exchange, int zoneAt, ZoneData data) {
        soa(exchange.response, zoneAt, data, settings.negativeTtl().toSeconds());
        exchange.response.count(NEGATIVE, 1);
    }

    private void soa(ResponseBuffer out, int zoneAt, ZoneData data, long ttlSeconds) {
        owner(out, zoneAt, Wire.SOA, ttlSeconds);
        out.putShort(NS.length + HOSTMASTER.length + 2 * 2 + 5 * 4);
        out.put(NS);
        out.putShort(0xC000 | zoneAt);
        out.put(HOSTMASTER);
        out.putShort(0xC000 | zoneAt);
        out.putInt(data.serial());
        out.putInt(REFRESH_SECONDS);
        out.putInt(RETRY_SECONDS);
        out.putInt(EXPIRE_SECONDS);
        out.putInt(settings.negativeTtl().toSeconds());
    }

    /** RFC 8482: the least that is an answer. */
    private void any(ResponseBuffer out) {
        owner(out, Wire.HEADER_BYTES, Wire.HINFO, settings.ttl().toSeconds());
        out.putShort(RFC_8482.length + 2);
        out.putByte(RFC_8482.length);
        out.put(RFC_8482);
        out.putByte(0);
        out.count(RecordSet.ANSWERS, 1);
    }

    private static void owner(ResponseBuffer out, int nameAt, int type, long ttlSeconds) {
        out.putShort(0xC000 | nameAt);
        out.putShort(type);
        out.putShort(Wire.CLASS_IN);
        out.putInt(ttlSeconds);
    }

    /** Header and question. What the client sent is repeated as it was cased. */
    private static void begin(Exchange exchange) {
        ResponseBuffer out = exchange.response;
        int end = exchange.request.questionEnd();
        out.length(0);
        out.put(exchange.message, 0, 2);
        out.putShort(Wire.QR | (exchange.request.flags() & (Wire.OPCODE | Wire.RD | Wire.CD)));
        out.putShort(end > Wire.HEADER_BYTES ? 1 : 0);
        out.putShort(0);
        out.putInt(0);
        out.put(exchange.message, Wire.HEADER_BYTES, end - Wire.HEADER_BYTES);
    }

    /** Makes the answer one that only says to ask over TCP. */
    void truncate(Exchange exchange) {
        ResponseBuffer out = exchange.response;
        exchange.outsideTarget = null;
        begin(exchange);
        truncated(out);
        finish(exchange, Wire.NOERROR);
    }

    private Verdict finish(Exchange exchange, int code) {
        ResponseBuffer out = exchange.response;
        exchange.answerEnd = out.length();
        out.setShort(2, Wire.unsignedShort(out.bytes(), 2) | (code & 0x0F));
        if (exchange.request.edns()) {
            edns(exchange, code);
        }
        return Verdict.RESPOND;
    }

    /** Adds the OPT record that goes with the request, if it had one. */
    void edns(Exchange exchange, int code) {
        DnsRequest request = exchange.request;
        ResponseBuffer out = exchange.response;
        boolean cookie = request.cookieBytes() > 0;
        out.putByte(0);
        out.putShort(Wire.OPT);
        out.putShort(settings.maxUdpPayloadBytes());
        out.putByte(code >>> 4);
        out.putByte(0);
        out.putShort(request.ednsFlags() & 0x8000);
        out.putShort(cookie ? COOKIE_BYTES : 0);
        if (cookie) {
            out.putShort(Wire.COOKIE_OPTION);
            out.putShort(ServerCookies.CLIENT_BYTES + ServerCookies.BYTES);
            out.put(exchange.message, request.cookieAt(), ServerCookies.CLIENT_BYTES);
            cookies.write(
                    exchange.message,
                    request.cookieAt(),
                    exchange.client,
                    exchange.epochSeconds,
                    out.bytes(),
                    out.length());
            out.length(out.length() + ServerCookies.BYTES);
        }
        out.count(RecordSet.ADDITIONAL, 1);
    }

    private static void truncated(ResponseBuffer out) {
        out.setShort(2, Wire.unsignedShort(out.bytes(), 2) | Wire.TC);
    }

    /** How long the message may become before its OPT record, when that many bytes are to be added. */
    private int roomFor(Exchange exchange, int bytes) {
        DnsRequest request = exchange.request;
        int opt = request.edns() ? OPT_BYTES + (request.cookieBytes() > 0 ? COOKIE_BYTES : 0) : 0;
        return limit(exchange, exchange.response.length() + bytes + opt) - opt;
    }

    /**
     * The bound on a whole response of a wanted length: an unverified UDP client gets at most 512 bytes, or three times
     * what it sent, so that a forged sender address gains little.
     */
    int limit(Exchange exchange, int wanted) {
        if (exchange.tcp) {
            return Wire.MAX_MESSAGE_BYTES;
        }
        int limit = Math.min(exchange.request.payloadBytes(), settings.maxUdpPayloadBytes());
        int unverified = Math.max(Wire.MAX_UDP_PLAIN_BYTES, settings.unverifiedFactor() * exchange.length);
        return wanted <= unverified || limit <= unverified || isVerified(exchange) ? limit : unverified;
    }

    private boolean isVerified(Exchange exchange) {
        return hasValidCookie(exchange) || verified.contains(exchange.client);
    }

    /** Whether the client has proven its address. */
    boolean hasValidCookie(Exchange exchange) {
        DnsRequest request = exchange.request;
        return request.cookieBytes() > ServerCookies.CLIENT_BYTES
                && cookies.valid(
                        exchange.message,
                        request.cookieAt(),
                        request.cookieBytes(),
                        exchange.client,
                        exchange.epochSeconds);
    }
}
