package dev.weft.registry.resource;

/** Rules to come. */
final class WorkloadRules implements KindRules {
    WorkloadRules(Type type) {}

    enum Type {
        DEPLOYMENT,
        REPLICA_SET,
        STATEFUL_SET,
        DAEMON_SET,
        JOB,
        CRON_JOB
    }
}
