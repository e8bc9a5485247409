package dev.weft.deploy;

/** How much a long-running command says on its error stream; read by {@code logback.xml}. */
final class Logging {
    private Logging() {}

    /** To be called before anything logs. */
    static void configure(boolean debug) {
        if (debug) {
            System.setProperty("weft.log.level", "DEBUG");
        }
    }
}
