package dev.weft.proxy.dns;

import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds what there is at a name; pure. Allocates for pod and reverse names only. */
final class NameLookup {
    private static final byte[] SVC = DnsName.labels("svc");
    private static final byte[] POD = DnsName.labels("pod");
    private static final byte[] DNS = DnsName.labels("dns");
    private static final byte[] NS = DnsName.labels("ns");
    private static final byte[] VERSION = DnsName.labels("dns-version");
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;
    private static final int IPV6_NIBBLES = 32;

    private final Zones zones;
    private final PodMode podMode;
    private final PodDirectory pods;

    NameLookup(Zones zones, PodMode podMode, PodDirectory pods) {
        this.zones = zones;
        this.podMode = podMode;
        this.pods = pods;
    }

    /**
     * What there is at a name of a zone.
     *
     * @param zone the one that {@link Zones#holding} gives
     */
    NameRecords find(ParsedName name, Zone zone, ZoneData data) {
        int own = name.labels() - zone.labels();
        if (zone.kind() == Zone.Kind.REVERSE_IPV4 || zone.kind() == Zone.Kind.REVERSE_IPV6) {
            return reverse(name, own, zone, data);
        }
        if (own == 0) {
            return NameRecords.APEX;
        }
        if (name.labelIs(own - 1, DNS)) {
            return own == 1 ? NameRecords.NO_DATA : own == 2 && name.labelIs(0, NS) ? zones.server() : none();
        }
        if (own == 1 && name.labelIs(0, VERSION)) {
            return zones.schemaOf(zone);
        }
        if (!data.pictured()) {
            return NameRecords.UNKNOWN;
        }
        return switch (zone.kind()) {
            case CLUSTER ->
                name.labelIs(own - 1, POD) ? pod(name, own, data) : service(name, own, data, zone.index(), false);
            case CLUSTER_SET -> service(name, own, data, 0, true);
            default -> exported(name, own, data);
        };
    }

    /** Bare {@code svc} and {@code namespace.svc} exist without data, as in CoreDNS. */
    private static NameRecords service(ParsedName name, int own, ZoneData data, int zone, boolean imported) {
        if (!name.labelIs(own - 1, SVC)) {
            return none();
        }
        if (own < 3) {
            return own == 1 || data.hasNamespace(name, 0, imported) ? NameRecords.NO_DATA : none();
        }
        ServiceRecords service = data.service(name, own - 3, imported);
        return service == null ? none() : orNone(service.byZone().get(zone).get(name.bytes(), 0, name.offset(own - 3)));
    }

    /** {@code [host.]service.namespace.svc.CLUSTER}: what exactly that cluster exports. */
    private static NameRecords exported(ParsedName name, int own, ZoneData data) {
        if (!data.hasCluster(name, own - 1) || (own > 1 && !name.labelIs(own - 2, SVC))) {
            return none();
        }
        if (own < 4) {
            return own < 3 || data.hasNamespace(name, 0, true) ? NameRecords.NO_DATA : none();
        }
        ServiceRecords service = data.service(name, own - 4, true);
        ByteMap<NameRecords> names =
                service == null ? null : service.byCluster().get(name.bytes(), name.offset(own - 1), name.offset(own));
        return names == null ? none() : orNone(names.get(name.bytes(), 0, name.offset(own - 4)));
    }

    /** Rule DNS-10. */
    private NameRecords pod(ParsedName name, int own, ZoneData data) {
        if (podMode == PodMode.DISABLED || own > 3) {
            return none();
        }
        if (own < 3) {
            return own == 1 || podMode == PodMode.INSECURE || data.hasNamespace(name, 0, false)
                    ? NameRecords.NO_DATA
                    : none();
        }
        String label = label(name, 0);
        byte[] address = NetUtil.createByteArrayFromIpAddressString(
                label.indexOf("--") >= 0
                                || label.chars().filter(letter -> letter == '-').count() > 3
                        ? label.replace('-', ':')
                        : label.replace('-', '.'));
        if (address == null) {
            return none();
        }
        return switch (podMode == PodMode.INSECURE ? PodDirectory.Answer.YES : pods.find(label(name, 1), address)) {
            case YES -> zones.encoding().addresses(List.of(new RecordEncoding.Row(0, List.of(address))), false);
            case NO -> none();
            case UNKNOWN -> NameRecords.UNKNOWN;
        };
    }

    /** Rules DNS-4 and DNS-8; what is not known is ours only in the configured ranges. */
    private NameRecords reverse(ParsedName name, int own, Zone zone, ZoneData data) {
        boolean ipv4 = zone.kind() == Zone.Kind.REVERSE_IPV4;
        byte[] address = new byte[ipv4 ? IPV4_BYTES : IPV6_BYTES];
        int whole = ipv4 ? IPV4_BYTES : IPV6_NIBBLES;
        int bitsPerLabel = ipv4 ? 8 : 4;
        int known = Math.min(own, whole);
        for (int i = 0; i < known; i++) {
            int value = ipv4 ? octet(name, own - 1 - i) : nibble(name, own - 1 - i);
            if (value < 0) {
                return NameRecords.NOT_OURS;
            }
            if (ipv4) {
                address[i] = (byte) value;
            } else {
                address[i / 2] |= (byte) (i % 2 == 0 ? value << 4 : value);
            }
        }
        NameRecords pointers = own == whole ? data.pointers(address) : null;
        if (pointers != null) {
            return pointers;
        }
        if (!zones.reverseRanges().covers(address, known * bitsPerLabel)) {
            return NameRecords.NOT_OURS;
        }
        if (own >= whole) {
            return data.pictured() ? none() : NameRecords.UNKNOWN;
        }
        return NameRecords.NO_DATA;
    }

    private static int octet(ParsedName name, int label) {
        int from = name.offset(label) + 1;
        int to = name.offset(label + 1);
        int value = 0;
        for (int i = from; i < to; i++) {
            int digit = name.bytes()[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        boolean canonical = to - from <= 3 && (to - from == 1 || name.bytes()[from] != '0');
        return canonical && value <= 255 ? value : -1;
    }

    private static int nibble(ParsedName name, int label) {
        int from = name.offset(label) + 1;
        return name.offset(label + 1) - from == 1 ? Character.digit(name.bytes()[from], 16) : -1;
    }

    private static String label(ParsedName name, int label) {
        int from = name.offset(label) + 1;
        return new String(name.bytes(), from, name.offset(label + 1) - from, StandardCharsets.ISO_8859_1);
    }

    private static NameRecords orNone(@Nullable NameRecords records) {
        return records == null ? none() : records;
    }

    private static NameRecords none() {
        return NameRecords.NO_NAME;
    }
}
