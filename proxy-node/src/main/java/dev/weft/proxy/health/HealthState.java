package dev.weft.proxy.health;

/**
 * What is known of one target: a verdict, and how many checks in a row speak for another one.
 *
 * @param passes checks passed since one last failed
 * @param failures checks failed since one last passed
 */
public record HealthState(Verdict verdict, int passes, int failures) {
    /** Of what was never checked. */
    public static final HealthState UNKNOWN = new HealthState(Verdict.UNKNOWN, 0, 0);

    /**
     * After one more check: so many passed in a row make it healthy, so many failed in a row unhealthy, less leaves the
     * verdict as it was.
     */
    public HealthState after(boolean passed, int healthyThreshold, int unhealthyThreshold) {
        int passesNow = passed ? Math.min(passes + 1, healthyThreshold) : 0;
        int failuresNow = passed ? 0 : Math.min(failures + 1, unhealthyThreshold);
        Verdict now = passesNow >= healthyThreshold
                ? Verdict.HEALTHY
                : failuresNow >= unhealthyThreshold ? Verdict.UNHEALTHY : verdict;
        return new HealthState(now, passesNow, failuresNow);
    }
}
