package dev.weft.proxy.dataplane;

import dev.weft.proxy.view.ServicePicture;
import java.util.List;

/** Something that serves listeners in place of the data plane. Asked on the actor's thread; must not wait. */
@FunctionalInterface
public interface Offload {
    /** Nothing is offloaded. */
    Offload NONE = (picture, plans, listening) -> plans;

    /**
     * What the data plane is to serve itself.
     *
     * @param plans all listeners of the service
     * @param listening whether the data plane has listeners of the service now, which must not close before something
     *     else serves in their place
     */
    List<ListenerPlan> left(ServicePicture picture, List<ListenerPlan> plans, boolean listening);
}
