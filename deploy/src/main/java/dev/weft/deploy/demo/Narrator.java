package dev.weft.deploy.demo;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/** Prints the story as it goes, with the time since its beginning. */
final class Narrator {
    private final PrintWriter out;
    private final InstantSource clock;
    private final Instant begun;

    Narrator(PrintWriter out, InstantSource clock) {
        this.out = out;
        this.clock = clock;
        this.begun = clock.instant();
    }

    /** One step that held. */
    void done(String text) {
        double seconds = Duration.between(begun, clock.instant()).toMillis() / 1000.0;
        out.println(String.format(Locale.ROOT, "%6.2f s  %s", seconds, text));
    }

    /** What belongs to the step above. */
    void detail(String text) {
        out.println("          " + text);
    }

    /** A line as it is. */
    void say(String text) {
        out.println(text);
    }

    /** {@code 12 ms}, or {@code 1.25 s}. */
    static String show(Duration duration) {
        return duration.toMillis() < 1000
                ? duration.toMillis() + " ms"
                : String.format(Locale.ROOT, "%.2f s", duration.toMillis() / 1000.0);
    }
}
