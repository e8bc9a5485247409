package dev.weft.deploy;

import java.util.List;
import java.util.function.Consumer;
import sun.misc.Signal;

/**
 * Signals of the operating system, by their names without {@code SIG}. There is no other way in Java to learn which one came;
 * {@code jdk.unsupported} has promised this one since Java 9.
 */
final class Signals {
    private Signals() {}

    /** Calls this, instead of what the signal does by itself, whenever one of these comes. */
    static void on(List<String> names, Consumer<String> heard) {
        for (String name : names) {
            try {
                Signal.handle(new Signal(name), signal -> heard.accept(signal.getName()));
            } catch (IllegalArgumentException e) {
                // one that this system does not have, or that the virtual machine needs itself, keeps its meaning
            }
        }
    }
}
