package dev.weft.proxy.selection;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The endpoints for one class of traffic, and the tests by which they were chosen; immutable.
 *
 * @param chosen those that passed every test
 * @param lastResort whether those that terminate are used, since none is ready
 * @param tests in their order; the first that an endpoint fails is the reason why it is not in choice
 */
public record Choice(List<Candidate> chosen, boolean lastResort, Topology topology, List<Test> tests) {
    public Choice {
        chosen = List.copyOf(chosen);
        tests = List.copyOf(tests);
    }

    /** What an endpoint must be to stay in choice. */
    public record Test(Predicate<Candidate> passes, Reason otherwise) {}

    /** Why the endpoint is in choice, or not. */
    public Reason reasonFor(Candidate candidate) {
        for (Test test : tests) {
            if (!test.passes.test(candidate)) {
                boolean passingOver = test.otherwise == Reason.NOT_READY && candidate.servingTerminating();
                return passingOver ? Reason.TERMINATING : test.otherwise;
            }
        }
        return lastResort ? Reason.LAST_RESORT : Reason.READY;
    }

    /** Whether endpoints of a cluster of which nothing new is heard are used, since there is nothing fresher. */
    public boolean staleUsed() {
        return chosen.stream().anyMatch(Candidate::stale);
    }

    /** Narrows a list down by one test after another. */
    static final class Sieve {
        private final List<Test> tests = new ArrayList<>();
        private List<Candidate> left;
        private boolean lastResort;
        private Topology topology = Topology.NOT_ASKED;

        Sieve(List<Candidate> all) {
            left = all;
        }

        List<Candidate> left() {
            return left;
        }

        /** Keeps those that pass. */
        void keep(Predicate<Candidate> passes, Reason otherwise) {
            tests.add(new Test(passes, otherwise));
            left = left.stream().filter(passes).toList();
        }

        /** Keeps those that pass where any does; otherwise all stay. */
        void prefer(Predicate<Candidate> passes, Reason otherwise) {
            if (left.stream().anyMatch(passes)) {
                keep(passes, otherwise);
            }
        }

        /** Rule KP-5: the ready ones, else those that terminate but serve; what does neither is never used. */
        void usable() {
            lastResort = left.stream().noneMatch(Candidate::ready);
            if (lastResort) {
                keep(Candidate::servingTerminating, Reason.NOT_SERVING);
            } else {
                keep(Candidate::ready, Reason.NOT_READY);
            }
        }

        /** Rule KP-2: a level counts when every ready endpoint has a hint for it and some hint names this node or zone. */
        void near(NodeIdentity node) {
            Predicate<Candidate> sameNode = candidate -> candidate.hintNodes().contains(node.name());
            Predicate<Candidate> sameZone =
                    candidate -> !node.zone().isEmpty() && candidate.hintZones().contains(node.zone());
            boolean allNodes =
                    left.stream().noneMatch(candidate -> candidate.hintNodes().isEmpty());
            boolean allZones =
                    left.stream().noneMatch(candidate -> candidate.hintZones().isEmpty());
            if (allNodes && left.stream().anyMatch(sameNode)) {
                topology = Topology.NODE;
                keep(sameNode, Reason.HINT_OTHER_NODE);
            } else if (allZones && left.stream().anyMatch(sameZone)) {
                topology = Topology.ZONE;
                keep(sameZone, Reason.HINT_OTHER_ZONE);
            } else if (left.stream().allMatch(Sieve::unhinted)) {
                topology = Topology.NO_HINTS;
            } else {
                topology = allNodes || allZones ? Topology.ELSEWHERE : Topology.INCOMPLETE;
            }
        }

        Choice choice() {
            return new Choice(left, lastResort, topology, tests);
        }

        private static boolean unhinted(Candidate candidate) {
            Set<String> nodes = candidate.hintNodes();
            return nodes.isEmpty() && candidate.hintZones().isEmpty();
        }
    }
}
