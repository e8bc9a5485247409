package dev.weft.registry.shard;

/** What a simulated cluster can be made to do wrong, to see whether the judge notices. */
enum Defect {
    /** A watcher is not told of one event in twenty. */
    SKIPS_EVENTS,
    /** A watcher is told of one event in twenty twice. */
    REPEATS_EVENTS,
    /** Writes are acknowledged that are lost if the process is killed a moment later. */
    ANSWERS_BEFORE_SYNC,
    /** The store takes what a former owner of a shard writes. */
    NO_FENCE,
    /** A shard that moved does not remember how far it has issued and closed versions, only what it holds. */
    FORGETS_CLOCK,
    /** A hub takes batches although one before them is missing. */
    OVERLOOKS_GAPS,
    /** An address that was claimed is taken by whoever asks next. */
    FORGETS_CLAIMS,
    /** An address is given back that its owner has claimed again since. */
    RELEASES_WHAT_IS_CLAIMED_AGAIN,
    /** A shard believes for twice as long as it may that nobody else stored anything. */
    OVERSTAYS_LEASE,
    /** A hub takes the second answer to a question that was put twice for the answer to the next one. */
    TAKES_LATE_ANSWERS
}
