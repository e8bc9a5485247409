package dev.weft.proxy.selection;

import dev.weft.proxy.view.ServiceEntry;
import dev.weft.proxy.view.ServiceKey;
import dev.weft.proxy.view.ServicePicture;
import dev.weft.proxy.view.ServiceView;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What holds for the endpoints of all services. It stands in annotations of a headless Service that every proxy-node
 * follows anyway, so that it takes no rights and no kind of its own.
 *
 * @param cordoned clusters that get connections only where nothing else is in choice
 */
public record TrafficRules(Set<String> cordoned) {
    /** The Service in whose annotations the rules stand. */
    public static final ServiceKey SERVICE = ServiceKey.service("kube-system", "weft-traffic");

    /** The annotation below {@code mesh.weft.dev/}: names of clusters, with commas between them. */
    public static final String CORDONED = "cordoned-clusters";

    /** Nothing in particular. */
    public static final TrafficRules NONE = new TrafficRules(Set.of());

    public TrafficRules {
        cordoned = Set.copyOf(cordoned);
    }

    /** Those of a picture. */
    public static TrafficRules of(ServiceView view) {
        ServicePicture picture = view.get(SERVICE);
        ServiceEntry entry = picture == null ? null : picture.entry();
        return entry == null
                ? NONE
                : new TrafficRules(Stream.of(entry.annotation(CORDONED).split(",", -1))
                        .map(String::strip)
                        .filter(name -> !name.isEmpty())
                        .collect(Collectors.toSet()));
    }
}
