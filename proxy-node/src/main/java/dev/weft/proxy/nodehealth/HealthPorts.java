package dev.weft.proxy.nodehealth;

import dev.weft.proxy.selection.EndpointSelection;
import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.proxy.view.ServiceEntry;
import dev.weft.proxy.view.ServiceKey;
import dev.weft.proxy.view.ServicePicture;
import dev.weft.proxy.view.ServiceView;
import dev.weft.proxy.view.ViewUpdate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which health-check node ports are wanted and what each says; no clock, no sockets. For one thread at a time. */
final class HealthPorts {
    private static final Logger LOG = LoggerFactory.getLogger(HealthPorts.class);

    private final NodeIdentity node;
    private final SortedMap<ServiceKey, HealthPort> byService = new TreeMap<>();

    HealthPorts(NodeIdentity node) {
        this.node = node;
    }

    /**
     * Takes in a picture; its cost is that of the services that it touches.
     *
     * @return by port; of two services that name one port (no registry of Kubernetes' lets them) the first in order has it
     */
    Map<Integer, HealthPort> apply(ViewUpdate update) {
        ServiceView view = update.view();
        Set<ServiceKey> touched = new HashSet<>(update.touched());
        if (update.complete()) {
            touched.addAll(byService.keySet());
        }
        for (ServiceKey key : touched) {
            HealthPort wanted = wanted(view.get(key));
            if (wanted == null) {
                byService.remove(key);
            } else {
                byService.put(key, wanted);
            }
        }
        Map<Integer, HealthPort> byPort = new HashMap<>();
        byService.forEach((key, wanted) -> {
            HealthPort first = byPort.putIfAbsent(wanted.port(), wanted);
            if (first != null && touched.contains(key)) {
                LOG.warn("{} has no health-check node port: {} has port {} too", key, first.service(), wanted.port());
            }
        });
        return byPort;
    }

    private @Nullable HealthPort wanted(@Nullable ServicePicture picture) {
        ServiceEntry entry = picture == null ? null : picture.entry();
        return picture == null || entry == null || entry.healthCheckPort() == 0
                ? null
                : new HealthPort(picture.key(), entry.healthCheckPort(), EndpointSelection.localReady(picture, node));
    }
}
