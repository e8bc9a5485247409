package dev.weft.deploy.demo;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether calls were spread evenly. Pure. */
final class Evenness {
    private Evenness() {}

    /**
     * What speaks against an even spread: a backend that is missing, one that should not be there, or shares that differ
     * by more than a tenth and more than two calls.
     */
    static Optional<String> fault(Map<String, Long> answers, Collection<String> expected) {
        List<String> names = expected.stream().sorted().toList();
        if (!names.equals(answers.keySet().stream().sorted().toList())) {
            return Optional.of("answers came from " + show(answers) + ", expected from " + String.join(", ", names));
        }
        long most = answers.values().stream().mapToLong(Long::longValue).max().orElse(0);
        long least = answers.values().stream().mapToLong(Long::longValue).min().orElse(0);
        return most - least > Math.max(2, most / 10)
                ? Optional.of("the calls were not spread evenly: " + show(answers))
                : Optional.empty();
    }

    /** {@code east-1 10, east-2 10}. */
    static String show(Map<String, Long> answers) {
        return answers.isEmpty()
                ? "nobody"
                : answers.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", "));
    }
}
