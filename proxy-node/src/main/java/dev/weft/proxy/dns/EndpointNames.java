package dev.weft.proxy.dns;

import dev.weft.proxy.selection.NodeIdentity;
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
    private static final int SAME_NODE = 0;
    private static final int SAME_ZONE = 1;
    private static final int SAME_CLUSTER = 2;
    private static final int OTHER_CLUSTER = 3;

    private EndpointNames() {}

    /** In order of nearness, then of cluster and identity, so that equal pictures give equal lists. */
    static List<NamedEndpoint> of(ServicePicture picture, NodeIdentity node) {
        Map<String, Seen> byAddress = new HashMap<>();
        for (Slice slice : picture.slices().values()) {
            for (SliceEndpoint endpoint : slice.endpoints()) {
                byAddress.merge(
                        slice.cluster() + "/" + endpoint.address(), new Seen(slice, endpoint), EndpointNames::prefer);
            }
        }
        List<NamedEndpoint> named = new ArrayList<>();
        byAddress.values().forEach(seen -> {
            byte[] address = NetUtil.createByteArrayFromIpAddressString(seen.endpoint.address());
            if (seen.endpoint.ready() && address != null && (address.length > 4) == seen.slice.ipv6()) {
                named.add(named(seen, address, node));
            }
        });
        named.sort(Comparator.comparingInt(NamedEndpoint::tier)
                .thenComparing(NamedEndpoint::cluster)
                .thenComparing(NamedEndpoint::identity)
                .thenComparing(NamedEndpoint::hostname));
        return named;
    }

    /** The same object behind an address: the newer slice knows better. Another object: the live one wins. */
    private static Seen prefer(Seen one, Seen other) {
        boolean sameTarget = Objects.equals(one.endpoint.targetUid(), other.endpoint.targetUid());
        Comparator<Seen> byVersion = Comparator.comparingLong(seen -> seen.slice.version());
        Comparator<Seen> byLife = Comparator.comparing(seen -> seen.endpoint.ready());
        Comparator<Seen> order = sameTarget ? byVersion.thenComparing(byLife) : byLife.thenComparing(byVersion);
        return order.thenComparing(seen -> seen.slice.id()).compare(one, other) >= 0 ? one : other;
    }

    private static NamedEndpoint named(Seen seen, byte[] address, NodeIdentity node) {
        SliceEndpoint endpoint = seen.endpoint;
        String cluster = seen.slice.cluster().isEmpty() ? node.cluster() : seen.slice.cluster();
        String hostname = labelOr(endpoint.hostname(), dashed(endpoint.address()));
        String identity = endpoint.targetUid() != null ? endpoint.targetUid() : hostname;
        return new NamedEndpoint(
                cluster,
                hostname,
                new ByteKey(address),
                tier(cluster, endpoint, node),
                identity,
                endpoint.weight(),
                seen.slice.ports());
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

    private record Seen(Slice slice, SliceEndpoint endpoint) {}
}
