package dev.weft.deploy.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * What a node has, as its Node says it. Weft gives out none of it; tools that show or schedule divide by it.
 *
 * @param processors what this process may use of them
 * @param memoryBytes in all
 */
record NodeCapacity(int processors, long memoryBytes) {
    /** As many Pods as Kubernetes lets a node have where nobody says otherwise. */
    private static final int PODS = 110;

    private static final int KIBI = 1024;

    /** What the machine, or the container that this process is in, has. */
    static NodeCapacity own() {
        long memory =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
        return new NodeCapacity(Runtime.getRuntime().availableProcessors(), memory);
    }

    /** Writes it into the status of a Node: all that there is may be used. */
    void writeTo(ObjectNode status) {
        for (String field : new String[] {"capacity", "allocatable"}) {
            status.putObject(field)
                    .put("cpu", Integer.toString(processors))
                    .put("memory", memoryBytes / KIBI + "Ki")
                    .put("pods", Integer.toString(PODS));
        }
    }
}
