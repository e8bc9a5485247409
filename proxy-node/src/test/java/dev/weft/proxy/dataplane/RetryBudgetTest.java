package dev.weft.proxy.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("the retry budget")
class RetryBudgetTest {

    private static int retriesTaken(RetryBudget budget) {
        int taken = 0;
        while (budget.takeRetry()) {
            taken++;
        }
        return taken;
    }

    @Test
    @DisplayName("begins with its reserve and then gives the ratio of the connections")
    void ratio() {
        RetryBudget budget = new RetryBudget(0.2, 10);
        assertThat(retriesTaken(budget)).isEqualTo(10);

        for (int connection = 0; connection < 25; connection++) {
            budget.connection();
        }
        assertThat(retriesTaken(budget)).isEqualTo(5);
    }

    @Test
    @DisplayName("saves up no more than its reserve")
    void bounded() {
        RetryBudget budget = new RetryBudget(1, 3);
        for (int connection = 0; connection < 1_000; connection++) {
            budget.connection();
        }
        assertThat(retriesTaken(budget)).isEqualTo(3);
    }

    @Test
    @DisplayName("gives nothing when retries are off")
    void off() {
        RetryBudget budget = new RetryBudget(0, 0);
        budget.connection();
        assertThat(budget.takeRetry()).isFalse();
    }
}
