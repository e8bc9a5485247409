package dev.weft.proxy.dataplane;

import dev.weft.proxy.balance.Balancer;
import dev.weft.proxy.balance.SessionAffinity;
import dev.weft.proxy.balance.Target;
import dev.weft.proxy.balance.TargetSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The clients that a balancer keeps on their endpoints, by names that mean the same in another process. */
final class AffinityClients {
    private AffinityClients() {}

    /** So many at most; none where there is no session affinity. */
    static List<AffinityMemory.Client> of(Balancer balancer, long nowNanos, int most) {
        List<AffinityMemory.Client> clients = new ArrayList<>();
        if (balancer instanceof SessionAffinity affine) {
            Map<Target, String> names = new HashMap<>();
            affine.tell(nowNanos, (key, target, idleNanos) -> {
                if (clients.size() < most) {
                    int idleMillis = (int) Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(idleNanos));
                    clients.add(new AffinityMemory.Client(
                            key, names.computeIfAbsent(target, AffinityClients::nameOf), idleMillis));
                }
            });
        }
        return clients;
    }

    /** They have these endpoints from now on, as far as there are such and they have come to no other since. */
    static void recall(Balancer balancer, TargetSet all, List<AffinityMemory.Client> clients, long nowNanos) {
        if (balancer instanceof SessionAffinity affine) {
            Map<String, Target> named = new HashMap<>();
            all.asList().forEach(target -> named.put(nameOf(target), target));
            for (AffinityMemory.Client client : clients) {
                Target target = named.get(client.endpoint());
                if (target != null) {
                    affine.recall(client.key(), target, nowNanos - TimeUnit.MILLISECONDS.toNanos(client.idleMillis()));
                }
            }
        }
    }

    private static String nameOf(Target target) {
        return target.identity() + " " + target.address().getAddress().getHostAddress() + " "
                + target.address().getPort();
    }
}
