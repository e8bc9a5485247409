package dev.weft.registry.resource;

import static dev.weft.registry.resource.KindBuilder.kind;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.registry.resource.ResourceKind.Subresource;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What makes pods. Weft stores and shows these; controllers elsewhere act on them. */
final class WorkloadKinds {
    private static final String APPS = "apps";
    private static final String BATCH = "batch";

    private WorkloadKinds() {}

    static List<ResourceKind> all() {
        return List.of(
                deployments(), replicaSets(), statefulSets(), daemonSets(), controllerRevisions(), jobs(), cronJobs());
    }

    private static ResourceKind deployments() {
        return kind(APPS, "Deployment", "deployments", Deployment.class)
                .shortNames("deploy")
                .inAll()
                .subresources(Subresource.STATUS, Subresource.SCALE)
                .columns(template(Columns.named()
                                .text(
                                        "Ready",
                                        deployment -> status(deployment, "readyReplicas") + "/"
                                                + Trees.integer(deployment, 0, "spec", "replicas"))
                                .number("Up-to-date", deployment -> status(deployment, "updatedReplicas"))
                                .number("Available", deployment -> status(deployment, "availableReplicas"))
                                .age())
                        .wide("Selector", WorkloadKinds::selector))
                .rules(new WorkloadRules(WorkloadRules.Type.DEPLOYMENT))
                .done();
    }

    private static ResourceKind replicaSets() {
        return kind(APPS, "ReplicaSet", "replicasets", ReplicaSet.class)
                .shortNames("rs")
                .inAll()
                .subresources(Subresource.STATUS, Subresource.SCALE)
                .columns(template(Columns.named()
                                .number("Desired", set -> Trees.integer(set, 0, "spec", "replicas"))
                                .number("Current", set -> status(set, "replicas"))
                                .number("Ready", set -> status(set, "readyReplicas"))
                                .age())
                        .wide("Selector", WorkloadKinds::selector))
                .selectableBy("status.replicas")
                .rules(new WorkloadRules(WorkloadRules.Type.REPLICA_SET))
                .done();
    }

    private static ResourceKind statefulSets() {
        return kind(APPS, "StatefulSet", "statefulsets", StatefulSet.class)
                .shortNames("sts")
                .inAll()
                .subresources(Subresource.STATUS, Subresource.SCALE)
                .columns(template(Columns.named()
                        .text(
                                "Ready",
                                set -> status(set, "readyReplicas") + "/" + Trees.integer(set, 0, "spec", "replicas"))
                        .age()))
                .rules(new WorkloadRules(WorkloadRules.Type.STATEFUL_SET))
                .done();
    }

    private static ResourceKind daemonSets() {
        return kind(APPS, "DaemonSet", "daemonsets", DaemonSet.class)
                .shortNames("ds")
                .inAll()
                .subresources(Subresource.STATUS)
                .columns(template(Columns.named()
                                .number("Desired", set -> status(set, "desiredNumberScheduled"))
                                .number("Current", set -> status(set, "currentNumberScheduled"))
                                .number("Ready", set -> status(set, "numberReady"))
                                .number("Up-to-date", set -> status(set, "updatedNumberScheduled"))
                                .number("Available", set -> status(set, "numberAvailable"))
                                .text(
                                        "Node Selector",
                                        set -> Columns.labels(
                                                Trees.at(set, "spec", "template", "spec", "nodeSelector")))
                                .age())
                        .wide("Selector", WorkloadKinds::selector))
                .rules(new WorkloadRules(WorkloadRules.Type.DAEMON_SET))
                .done();
    }

    private static ResourceKind jobs() {
        return kind(BATCH, "Job", "jobs", Job.class)
                .inAll()
                .subresources(Subresource.STATUS)
                .columns(template(Columns.named()
                                .text("Status", WorkloadKinds::jobStatus)
                                .text("Completions", WorkloadKinds::completions)
                                .timed("Duration", 0, WorkloadKinds::jobDuration)
                                .age())
                        .wide("Selector", WorkloadKinds::selector))
                .selectableBy("status.successful", job -> Integer.toString(status(job, "succeeded")))
                .rules(new WorkloadRules(WorkloadRules.Type.JOB))
                .done();
    }

    private static ResourceKind cronJobs() {
        return kind(BATCH, "CronJob", "cronjobs", CronJob.class)
                .shortNames("cj")
                .inAll()
                .subresources(Subresource.STATUS)
                .columns(Columns.named()
                        .text("Schedule", job -> Trees.text(job, "spec", "schedule"))
                        .text("Timezone", job -> Columns.orNone(Trees.text(job, "spec", "timeZone")))
                        .text("Suspend", job -> suspended(job) ? "True" : "False")
                        .number(
                                "Active",
                                job -> Trees.at(job, "status", "active").size())
                        .timed("Last Schedule", 0, WorkloadKinds::lastSchedule)
                        .age()
                        .wide("Containers", job -> containers(job, "name"))
                        .wide("Images", job -> containers(job, "image"))
                        .wide(
                                "Selector",
                                job -> Columns.selector(Trees.at(job, "spec", "jobTemplate", "spec", "selector"))))
                .rules(new WorkloadRules(WorkloadRules.Type.CRON_JOB))
                .done();
    }

    /** What the controllers of StatefulSets and DaemonSets keep of former templates; only stored here. */
    private static ResourceKind controllerRevisions() {
        return kind(APPS, "ControllerRevision", "controllerrevisions", ControllerRevision.class)
                .columns(Columns.named()
                        .text("Controller", WorkloadKinds::controller)
                        .text("Revision", revision -> Trees.text(revision, "revision"))
                        .age())
                .done();
    }

    private static String controller(JsonNode revision) {
        for (JsonNode owner : Trees.at(revision, "metadata", "ownerReferences")) {
            if (owner.path("controller").asBoolean()) {
                String group = Trees.text(owner, "apiVersion").replaceFirst("/.*", "");
                return Trees.text(owner, "kind").toLowerCase(Locale.ROOT) + "." + group + "/"
                        + Trees.text(owner, "name");
            }
        }
        return Columns.NONE;
    }

    private static Columns template(Columns columns) {
        return columns.wide("Containers", workload -> containers(workload, "name"))
                .wide("Images", workload -> containers(workload, "image"));
    }

    private static String containers(JsonNode workload, String field) {
        JsonNode spec = workload.path("spec");
        JsonNode inner = spec.has("jobTemplate") ? Trees.at(spec, "jobTemplate", "spec") : spec;
        return Columns.each(Trees.at(inner, "template", "spec", "containers"), field);
    }

    private static String selector(JsonNode workload) {
        return Columns.selector(Trees.at(workload, "spec", "selector"));
    }

    private static int status(JsonNode workload, String field) {
        return Trees.integer(workload, 0, "status", field);
    }

    private static boolean suspended(JsonNode job) {
        return Trees.at(job, "spec", "suspend").asBoolean();
    }

    private static boolean is(JsonNode job, String condition) {
        for (JsonNode present : Trees.at(job, "status", "conditions")) {
            if (Trees.text(present, "type").equals(condition)
                    && Trees.text(present, "status").equals("True")) {
                return true;
            }
        }
        return false;
    }

    private static String jobStatus(JsonNode job) {
        if (is(job, "Complete")) {
            return "Complete";
        }
        if (is(job, "Failed")) {
            return "Failed";
        }
        if (Trees.present(job, "metadata", "deletionTimestamp")) {
            return "Terminating";
        }
        if (is(job, "Suspended")) {
            return "Suspended";
        }
        if (is(job, "FailureTarget")) {
            return "FailureTarget";
        }
        return is(job, "SuccessCriteriaMet") ? "SuccessCriteriaMet" : "Running";
    }

    private static String completions(JsonNode job) {
        int done = status(job, "succeeded");
        if (Trees.has(job, "spec", "completions")) {
            return done + "/" + Trees.text(job, "spec", "completions");
        }
        int parallel = Trees.integer(job, 0, "spec", "parallelism");
        return parallel > 1 ? done + "/1 of " + parallel : done + "/1";
    }

    private static String jobDuration(JsonNode job, Instant now) {
        Optional<Instant> start = Times.read(Trees.text(job, "status", "startTime"));
        Instant end = Times.read(Trees.text(job, "status", "completionTime")).orElse(now);
        return start.map(from -> HumanDuration.of(Duration.between(from, end))).orElse("");
    }

    private static String lastSchedule(JsonNode job, Instant now) {
        String last = Trees.text(job, "status", "lastScheduleTime");
        return last.isEmpty() ? Columns.NONE : HumanDuration.since(last, now);
    }
}
