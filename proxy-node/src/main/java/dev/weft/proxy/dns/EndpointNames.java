package dev.weft.proxy.dns;

import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.proxy.selection.Reason;
import dev.weft.proxy.view.ServicePicture;
import dev.weft.proxy.view.Slice;
import dev.weft.proxy.view.SliceEndpoint;
import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of a service that have names: slices merged by address (rule EPS-9), the unready left out, near ones
 * first; pure.
 */
final class EndpointNames {
    private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?");
    private static final int IPV4_BYTES = 4;
    private static final int SAME_NODE = 0;
    private static final int SAME_ZONE = 1;
    private static final int SAME_CLUSTER = 2;
    private static final int OTHER_CLUSTER = 3;

    private EndpointNames() {}

    /** In order of nearness, then of cluster and identity, so that equal pictures give equal lists. */
    static List<NamedEndpoint> of(ServicePicture picture, NodeIdentity node) {
        List<NamedEndpoint> named = new ArrayList<>();
        for (NameVerdict verdict : judge(picture)) {
            byte[] address = addressOf(verdict.endpoint());
            if (verdict.reason().inChoice() && address != null) {
                named.add(named(verdict, address, node));
            }
        }
        named.sort(Comparator.comparingInt(NamedEndpoint::tier)
                .thenComparing(NamedEndpoint::cluster)
                .thenComparing(NamedEndpoint::identity)
                .thenComparing(NamedEndpoint::hostname));
        return named;
    }

    /** Every endpoint, in no order, with the reason why it has a name or has none. */
    static List<NameVerdict> judge(ServicePicture picture) {
        Map<String, NameVerdict> byAddress = new HashMap<>();
        List<NameVerdict> verdicts = new ArrayList<>();
        for (Slice slice : picture.slices().values()) {
            for (SliceEndpoint endpoint : slice.endpoints()) {
                NameVerdict seen = new NameVerdict(slice, endpoint, reason(slice, endpoint));
                NameVerdict before = byAddress.put(slice.cluster() + "/" + endpoint.address(), seen);
                if (before != null) {
                    NameVerdict holds = prefer(before, seen);
                    byAddress.put(slice.cluster() + "/" + endpoint.address(), holds);
                    NameVerdict other = holds.equals(seen) ? before : seen;
                    verdicts.add(new NameVerdict(other.slice(), other.endpoint(), Reason.SUPERSEDED));
                }
            }
        }
        verdicts.addAll(byAddress.values());
        return verdicts;
    }

    private static Reason reason(Slice slice, SliceEndpoint endpoint) {
        if (!endpoint.ready()) {
            return Reason.NOT_READY;
        }
        byte[] address = addressOf(endpoint);
        return address != null && (address.length > IPV4_BYTES) == slice.ipv6() ? Reason.READY : Reason.OTHER_FAMILY;
    }

    private static byte @Nullable [] addressOf(SliceEndpoint endpoint) {
        return NetUtil.createByteArrayFromIpAddressString(endpoint.address());
    }

    /** The same object behind an address: the newer slice knows better. Another object: the live one wins. */
    private static NameVerdict prefer(NameVerdict one, NameVerdict other) {
        boolean sameTarget =
                Objects.equals(one.endpoint().targetUid(), other.endpoint().targetUid());
        Comparator<NameVerdict> byVersion =
                Comparator.comparingLong(seen -> seen.slice().version());
        Comparator<NameVerdict> byLife =
                Comparator.comparing(seen -> seen.endpoint().ready());
        Comparator<NameVerdict> order = sameTarget ? byVersion.thenComparing(byLife) : byLife.thenComparing(byVersion);
        return order.thenComparing(seen -> seen.slice().id()).compare(one, other) >= 0 ? one : other;
    }

    private static NamedEndpoint named(NameVerdict seen, byte[] address, NodeIdentity node) {
        SliceEndpoint endpoint = seen.endpoint();
        String cluster =
                seen.slice().cluster().isEmpty() ? node.cluster() : seen.slice().cluster();
        String hostname = labelOr(endpoint.hostname(), dashed(endpoint.address()));
        String identity = endpoint.targetUid() != null ? endpoint.targetUid() : hostname;
        return new NamedEndpoint(
                cluster,
                hostname,
                new ByteKey(address),
                tier(cluster, endpoint, node),
                identity,
                endpoint.weight(),
                seen.slice().ports());
    }

    private static int tier(String cluster, SliceEndpoint endpoint, NodeIdentity node) {
        if (!cluster.equals(node.cluster())) {
            return OTHER_CLUSTER;
        }
        if (node.name().equals(endpoint.nodeName())) {
            return SAME_NODE;
        }
        return !node.zone().isEmpty() && node.zone().equals(endpoint.zone()) ? SAME_ZONE : SAME_CLUSTER;
    }

    private static String dashed(String address) {
        return address.replace('.', '-').replace(':', '-');
    }

    private static String labelOr(@Nullable String wanted, String otherwise) {
        return wanted != null && LABEL.matcher(wanted).matches() ? wanted : otherwise;
    }
}
