package dev.weft.gossip.spread;

import dev.weft.gossip.member.Node;
import dev.weft.gossip.member.NodeAddress;
import dev.weft.gossip.member.NodeId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * With whom to keep a link: with everybody while they are few; with all of the own cluster and so many of the others where
 * they are many. Each process ranks the others in an order of its own, which looks like chance and changes little when one
 * comes or goes; so the links of all make a random graph, in which everybody is a few hops from everybody, also when many
 * are away.
 */
final class Neighbours {
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;
    /** So many times what is kept are tried at most, where many cannot be reached. */
    private static final int TRIED = 4;

    private final int kept;
    private List<NodeId> known = List.of();
    private List<NodeId> ranked = List.of();

    Neighbours(int kept) {
        this.kept = kept;
    }

    int kept() {
        return kept;
    }

    /** Whether there are more processes than links are kept with. */
    boolean some(Collection<Node> nodes) {
        return nodes.size() - 1 > kept;
    }

    /** @param hopeless addresses that were tried in vain: they are tried on, and others in their place */
    Set<NodeAddress> wanted(Collection<Node> nodes, NodeId self, Predicate<NodeAddress> hopeless) {
        Set<NodeAddress> wanted = new HashSet<>();
        List<NodeId> others = new ArrayList<>(nodes.size());
        for (Node node : nodes) {
            boolean own = node.id().cluster().equals(self.cluster());
            if (node.presence() == Node.Presence.LEFT || node.id().equals(self)) {
                continue;
            }
            if (own) {
                wanted.add(node.id().address());
            } else {
                others.add(node.id());
            }
        }
        int counted = 0;
        int tried = 0;
        for (NodeId node : others.size() > kept ? rank(others, self) : others) {
            if (counted == kept || tried == TRIED * kept) {
                break;
            }
            tried++;
            counted += hopeless.test(node.address()) ? 0 : 1;
            wanted.add(node.address());
        }
        return wanted;
    }

    private List<NodeId> rank(List<NodeId> others, NodeId self) {
        if (!others.equals(known)) {
            known = others;
            ranked = others.stream()
                    .sorted(Comparator.comparingLong((NodeId node) -> mix(self, node))
                            .thenComparing(Comparator.naturalOrder()))
                    .toList();
        }
        return ranked;
    }

    private static long mix(NodeId self, NodeId node) {
        long mixed = (self.hashCode() * GOLDEN + node.hashCode()) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
