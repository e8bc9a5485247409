package dev.weft.proxy.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The limits of connections")
class ConnectionLimitsTest {
    @ParameterizedTest
    @CsvSource({"1048576, 50000", "101000, 50000", "20000, 9500", "1024, 384", "300, 112", "1, 1"})
    @DisplayName("of a node are those that its open files suffice for, two each, with some left for the rest")
    void openFiles(long files, int most) {
        assertThat(new ConnectionLimits(50_000, 40_000, 20_000, 20_000).within(files))
                .isEqualTo(new ConnectionLimits(most, 40_000, 20_000, 20_000));
    }

    @Test
    @DisplayName("are one at least")
    void least() {
        assertThatThrownBy(() -> new ConnectionLimits(1, 1, 1, 0))
                .hasMessageContaining("max-connections-by-endpoint=0");
    }
}
