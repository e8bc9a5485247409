package dev.weft.deploy.terminal;

import java.io.PrintWriter;
import java.util.List;

/**
 * A block of lines that is drawn again in place on a terminal; elsewhere it is printed only once. A line that is longer than
 * the terminal is wide is cut there: one that went on in the next row would make the way back up too short.
 */
public final class LiveView {
    private static final String CUT_LINES = "\u001b[?7l";
    private static final String WRAP_LINES = "\u001b[?7h";

    private final PrintWriter out;
    private final boolean terminal;
    private int shown;

    public LiveView(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Shows the lines in place of those shown before. */
    public void show(List<String> lines) {
        if (!terminal) {
            if (shown == 0) {
                lines.forEach(out::println);
                shown = lines.size();
            }
            return;
        }
        StringBuilder text = new StringBuilder(CUT_LINES);
        if (shown > 0) {
            text.append("\u001b[").append(shown).append('A');
        }
        lines.forEach(line -> text.append("\r\u001b[2K").append(line).append('\n'));
        text.append("\u001b[J").append(WRAP_LINES);
        out.print(text);
        out.flush();
        shown = lines.size();
    }
}
