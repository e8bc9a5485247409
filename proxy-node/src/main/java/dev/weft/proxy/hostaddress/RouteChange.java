package dev.weft.proxy.hostaddress;

import dev.weft.proxy.hostaddress.OwnAddresses.Sources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What brings the host from the routes that it has to those that are wanted; pure.
 *
 * @param lines what is to be done
 * @param plain what is to be put, without sources
 */
record RouteChange(List<String> lines, List<String> plain) {

    /**
     * The shortest way; no lines when nothing differs.
     *
     * @param found the addresses that the host has, as ours, and from where it comes to each
     * @param routes words the lines
     */
    static RouteChange between(Map<String, String> found, Set<String> goal, Sources sources, LocalRoutes routes) {
        List<String> lines = new ArrayList<>();
        List<String> plain = new ArrayList<>();
        found.keySet().stream()
                .filter(address -> !goal.contains(address))
                .forEach(address -> lines.add(routes.line("del", address, "")));
        for (String address : goal) {
            String source = sources.towards(address);
            String before = found.get(address);
            if (before == null) {
                lines.add(routes.line("add", address, source));
                plain.add(routes.line("add", address, ""));
            } else if (!before.equals(source)) {
                lines.add(routes.line("replace", address, source)); // refused, it leaves the route as it was
            }
        }
        return new RouteChange(List.copyOf(lines), List.copyOf(plain));
    }
}
