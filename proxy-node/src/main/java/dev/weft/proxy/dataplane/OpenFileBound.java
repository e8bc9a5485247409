package dev.weft.proxy.dataplane;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many connections this process may have: a file too few would leave a client unanswered, not refused. */
final class OpenFileBound {
    private static final Logger LOG = LoggerFactory.getLogger(OpenFileBound.class);

    private OpenFileBound() {}

    /** Those of the node that the process's open files suffice for. Says so where they are fewer than configured. */
    static int connections(ConnectionLimits configured) {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            long files = system.getMaxFileDescriptorCount();
            int most = configured.within(files).node();
            if (most < configured.node()) {
                LOG.info(
                        "{} connections at most, instead of weft.proxy.dataplane.max-connections = {}: this process may"
                                + " have {} open files (ulimit -n)",
                        most,
                        configured.node(),
                        files);
            }
            return most;
        }
        return configured.node();
    }
}
