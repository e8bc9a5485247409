package dev.weft.proxy.dataplane;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who may connect, by address; immutable. */
final class SourceGate {
    private static final Logger LOG = LoggerFactory.getLogger(SourceGate.class);

    static final SourceGate OPEN = new SourceGate(List.of());

    private final boolean open;
    private final List<IpSubnetFilterRule> ranges = new ArrayList<>();

    /** @param ranges none lets everybody in; one that is none lets nobody in, and does not open the gate */
    SourceGate(List<String> ranges) {
        this.open = ranges.isEmpty();
        for (String range : ranges) {
            int slash = range.indexOf('/');
            try {
                this.ranges.add(new IpSubnetFilterRule(
                        range.substring(0, slash),
                        Integer.parseInt(range.substring(slash + 1)),
                        IpFilterRuleType.ACCEPT));
            } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                LOG.warn("source range {} is none and lets nobody in", range);
            }
        }
    }

    boolean admits(@Nullable SocketAddress client) {
        if (open) {
            return true;
        }
        if (!(client instanceof InetSocketAddress address)) {
            return false;
        }
        for (IpSubnetFilterRule range : ranges) {
            if (range.matches(address)) {
                return true;
            }
        }
        return false;
    }
}
