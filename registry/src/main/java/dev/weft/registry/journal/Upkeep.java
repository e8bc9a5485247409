package dev.weft.registry.journal;

/** An event that may say that it holds nothing of anybody's: a few bytes without which reads would stop. */
public interface Upkeep {
    /** Whether it is to be stored even when the disk is nearly full. */
    boolean isUpkeep();
}
