package dev.weft.proxy.nftables;

import dev.weft.proxy.view.ServiceKey;
import dev.weft.proxy.view.ServicePicture;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which services are the kernel's, and what is to be said of those that are not. One thread's. */
final class KernelShare {
    private static final Logger LOG = LoggerFactory.getLogger(KernelShare.class);

    private final KernelPath path;
    private final ProxyMode mode;
    private final Map<ServiceKey, String> obstaclesTold = new HashMap<>();
    private boolean toldUnavailable;

    /** @param mode of all services that do not choose for themselves */
    KernelShare(KernelPath path, ProxyMode mode) {
        this.path = path;
        this.mode = mode;
    }

    /**
     * The picture of a service that is the kernel's; null for any other, and for what is gone. Of one that asks for the
     * kernel and stays out of it the log says so once, until there is another reason.
     */
    @Nullable
    ServicePicture of(@Nullable ServicePicture picture, ServiceKey key) {
        if (picture == null
                || picture.entry() == null
                || (picture.entry().virtualAddresses().isEmpty()
                        && picture.entry().externalAddresses().isEmpty())) {
            path.gone(key);
            obstaclesTold.remove(key);
            return null;
        }
        String obstacle = path.obstacle(picture);
        if (obstacle == null) {
            obstaclesTold.remove(key);
            return picture;
        }
        if (!ProxyMode.NFTABLES.label().equals(picture.entry().mode())) {
            obstaclesTold.remove(key);
            LOG.debug("{} stays in userspace: it {}", key, obstacle);
        } else if (!obstacle.equals(obstaclesTold.put(key, obstacle))) {
            LOG.warn("{} stays in userspace, though it asks for nftables: it {}", key, obstacle);
        }
        return null;
    }

    /** Says once that no service is. */
    void tellUnavailable() {
        if (!toldUnavailable) {
            toldUnavailable = true;
            String text = "no service is put into the kernel: {}; listeners serve all of them"
                    + (path.isBlind()
                            ? ", but rules that a proxy-node with that right has left here, if any, would still lead"
                                    + " connections past them: weft proxy --cleanup, as root, removes those"
                            : "");
            if (mode == ProxyMode.NFTABLES) {
                LOG.warn(text, path.unavailable());
            } else {
                LOG.info(text, path.unavailable());
            }
        }
    }
}
