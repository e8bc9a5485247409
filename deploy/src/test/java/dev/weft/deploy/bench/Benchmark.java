package dev.weft.deploy.bench;

/** One thing to measure, with the servers that it needs. */
interface Benchmark {
    /** What it is called on the command line. */
    String name();

    /** What it measures, in a few words. */
    String about();

    /** Measures, and prints its figures. */
    void run(Arena arena);
}
