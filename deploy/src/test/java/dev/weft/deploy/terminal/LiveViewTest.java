package dev.weft.deploy.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("a block of lines")
class LiveViewTest {
    private final StringWriter shown = new StringWriter();

    @Test
    @DisplayName("takes a row of the terminal for each line, however long: lines are not wrapped while it is drawn")
    void oneRowEach() {
        LiveView view = new LiveView(new PrintWriter(shown), true);
        view.show(List.of("x".repeat(300), "y"));
        view.show(List.of("z"));

        assertThat(shown.toString().split("(?<=\u001b\\[\\?7h)", -1))
                .containsExactly(
                        "\u001b[?7l\r\u001b[2K" + "x".repeat(300) + "\n\r\u001b[2Ky\n\u001b[J\u001b[?7h",
                        "\u001b[?7l\u001b[2A\r\u001b[2Kz\n\u001b[J\u001b[?7h",
                        "");
    }

    @Test
    @DisplayName("is printed once where there is no terminal")
    void once() {
        LiveView view = new LiveView(new PrintWriter(shown), false);
        view.show(List.of("a", "b"));
        view.show(List.of("c"));

        assertThat(shown.toString().lines()).containsExactly("a", "b");
    }
}
