package dev.weft.api.authorization;

/**
 * Whether somebody may.
 *
 * @param reason by which rule; where it is refused, what kept a rule from being found, or empty
 */
public record Verdict(boolean allowed, String reason) {}
