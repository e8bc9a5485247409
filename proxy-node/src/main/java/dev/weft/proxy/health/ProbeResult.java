package dev.weft.proxy.health;

/**
 * What one check has seen.
 *
 * @param reason why it failed; empty when it passed
 */
public record ProbeResult(boolean passed, String reason) {
    /** All as it should be. */
    public static final ProbeResult PASSED = new ProbeResult(true, "");

    static ProbeResult failed(String reason) {
        return new ProbeResult(false, reason);
    }
}
