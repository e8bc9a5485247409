package dev.weft.deploy.bench;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** Several rounds of the same. */
final class Rounds {
    private Rounds() {}

    static <T> double median(List<T> rounds, ToDoubleFunction<T> figure) {
        return Figures.median(rounds.stream().mapToDouble(figure).toArray());
    }
}
