package dev.weft.gossip.spread;

import dev.weft.gossip.member.NodeId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Chooses whom to tell: by chance, but one process of every cluster before a second one of any. */
public final class PeerSelection {
    private PeerSelection() {}

    /** At most {@code fanout} of the candidates; the same ones for the same chance. */
    public static List<NodeId> choose(Collection<NodeId> candidates, int fanout, RandomGenerator random) {
        List<NodeId> shuffled = new ArrayList<>(candidates);
        if (shuffled.size() > fanout) {
            shuffle(shuffled, random);
        }
        List<NodeId> chosen = new ArrayList<>();
        List<NodeId> seconds = new ArrayList<>();
        Set<String> clusters = new HashSet<>();
        for (NodeId candidate : shuffled) {
            (clusters.add(candidate.cluster()) ? chosen : seconds).add(candidate);
        }
        chosen.addAll(seconds);
        return List.copyOf(chosen.subList(0, Math.min(fanout, chosen.size())));
    }

    private static void shuffle(List<NodeId> nodes, RandomGenerator random) {
        for (int i = nodes.size() - 1; i > 0; i--) {
            Collections.swap(nodes, i, random.nextInt(i + 1));
        }
    }
}
