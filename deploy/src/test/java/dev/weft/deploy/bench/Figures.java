package dev.weft.deploy.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Prints what was measured, line by line, and beside it the bar that it has to reach, where there is one. */
final class Figures {
    private final PrintStream out;
    private final boolean judging;
    private final List<String> missed = new ArrayList<>();
    private int bars;

    /** @param judging whether the effort was large enough for bars to mean anything */
    Figures(PrintStream out, boolean judging) {
        this.out = out;
        this.judging = judging;
    }

    /** Begins the figures of a benchmark. */
    void title(String name, String about) {
        out.printf("%n== %s: %s%n", name, about);
    }

    /** Something that explains the figures. */
    void note(String text) {
        out.println("   " + text);
    }

    /** A figure without a bar. */
    void figure(String what, double value, String unit) {
        out.println(line(what, value, unit));
    }

    /** A figure that must not be smaller than its bar. */
    void atLeast(String what, double value, double bar, String unit) {
        judge(what, value, unit, value >= bar, "at least " + number(bar));
    }

    /** A figure that must not be larger than its bar. */
    void atMost(String what, double value, double bar, String unit) {
        judge(what, value, unit, value <= bar, "at most " + number(bar));
    }

    private void judge(String what, double value, String unit, boolean reached, String bar) {
        String verdict = judging ? reached ? "reached" : "MISSED" : "not judged";
        out.println(line(what, value, unit) + "   bar: " + bar + " -> " + verdict);
        bars++;
        if (!reached) {
            missed.add(what + ": " + number(value) + " " + unit + " (" + bar + ")");
        }
    }

    /** The last words: which bars were missed. */
    void summary() {
        if (judging && bars > 0) {
            out.printf("%n%d of %d bars reached%n", bars - missed.size(), bars);
            missed.forEach(bar -> out.println("  missed: " + bar));
        }
    }

    private static String line(String what, double value, String unit) {
        return String.format(Locale.ROOT, "   %-58s %10s %s", what, number(value), unit);
    }

    private static String number(double value) {
        double size = Math.abs(value);
        String format = size >= 100 || value == Math.rint(value) ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }

    /** The one in the middle of several rounds. */
    static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
