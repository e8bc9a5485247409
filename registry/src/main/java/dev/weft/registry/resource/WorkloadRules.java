package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/** Workloads: the template is sound, the selector selects it and stays as it is. */
final class WorkloadRules implements KindRules {
    private static final int CRON_JOB_NAME = 52;
    private static final List<String> FIXED_OF_JOB =
            List.of("completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy");
    private static final List<String> COUNTS = List.of(
            "replicas", "parallelism", "completions", "backoffLimit", "minReadySeconds", "activeDeadlineSeconds");

    private final Type type;

    WorkloadRules(Type type) {
        this.type = type;
    }

    @Override
    public boolean countsGenerations() {
        return true;
    }

    /** The names of a CronJob's Jobs are eleven characters longer. */
    @Override
    public List<String> validateName(String name) {
        List<String> faults = new ArrayList<>(Names.subdomain(name));
        if (type == Type.CRON_JOB && name.length() > CRON_JOB_NAME) {
            faults.add("must be no more than " + CRON_JOB_NAME + " characters");
        }
        return faults;
    }

    @Override
    public List<String> metadataCounted() {
        return type == Type.DEPLOYMENT ? List.of("annotations") : List.of();
    }

    @Override
    public void applyDefaults(ObjectNode workload) {
        ObjectNode spec = Trees.object(workload, "spec");
        switch (type) {
            case DEPLOYMENT -> {
                Trees.putDefault(spec, "replicas", 1);
                Trees.putDefault(spec, "revisionHistoryLimit", 10);
                Trees.putDefault(spec, "progressDeadlineSeconds", 600);
                RollingUpdates.applyDefaults(Trees.object(spec, "strategy"));
            }
            case REPLICA_SET -> Trees.putDefault(spec, "replicas", 1);
            case STATEFUL_SET -> {
                Trees.putDefault(spec, "replicas", 1);
                Trees.putDefault(spec, "revisionHistoryLimit", 10);
                Trees.putDefault(spec, "podManagementPolicy", "OrderedReady");
                ObjectNode strategy = Trees.object(spec, "updateStrategy");
                Trees.putDefault(strategy, "type", "RollingUpdate");
                if (Trees.text(strategy, "type").equals("RollingUpdate")) {
                    Trees.putDefault(Trees.object(strategy, "rollingUpdate"), "partition", 0);
                }
            }
            case DAEMON_SET -> {
                Trees.putDefault(spec, "revisionHistoryLimit", 10);
                ObjectNode strategy = Trees.object(spec, "updateStrategy");
                Trees.putDefault(strategy, "type", "RollingUpdate");
                if (Trees.text(strategy, "type").equals("RollingUpdate")) {
                    ObjectNode rolling = Trees.object(strategy, "rollingUpdate");
                    Trees.putDefault(rolling, "maxUnavailable", 1);
                    Trees.putDefault(rolling, "maxSurge", 0);
                }
            }
            case JOB -> job(workload, spec);
            case CRON_JOB -> cronJob(spec);
        }
        ObjectNode status = Trees.object(workload, "status");
        type.counts().forEach(count -> Trees.putDefault(status, count, 0));
        if (type != Type.CRON_JOB && spec.path("template").get("spec") instanceof ObjectNode template) {
            PodTemplates.applyDefaults(template);
        }
    }

    /** A Job finds its Pods by its own uid, unless its writer insists on a selector. */
    private static void job(ObjectNode job, ObjectNode spec) {
        if (!spec.has("completions") && !spec.has("parallelism")) {
            spec.put("completions", 1);
        }
        Trees.putDefault(spec, "parallelism", 1);
        Trees.putDefault(spec, "backoffLimit", 6);
        Trees.putDefault(spec, "completionMode", "NonIndexed");
        Trees.putDefault(spec, "suspend", false);
        Trees.putDefault(spec, "podReplacementPolicy", "TerminatingOrFailed");
        String uid = Trees.text(job, "metadata", "uid");
        boolean manual = Trees.at(spec, "manualSelector").asBoolean();
        if (!manual && !spec.has("selector") && spec.get("template") instanceof ObjectNode template) {
            ObjectNode labels = Trees.object(Trees.object(template, "metadata"), "labels");
            for (String prefix : List.of("", "batch.kubernetes.io/")) {
                labels.put(prefix + "controller-uid", uid);
                labels.put(prefix + "job-name", Trees.text(job, "metadata", "name"));
            }
            Trees.object(Trees.object(spec, "selector"), "matchLabels").put("batch.kubernetes.io/controller-uid", uid);
        }
    }

    private static void cronJob(ObjectNode spec) {
        Trees.putDefault(spec, "concurrencyPolicy", "Allow");
        Trees.putDefault(spec, "suspend", false);
        Trees.putDefault(spec, "successfulJobsHistoryLimit", 3);
        Trees.putDefault(spec, "failedJobsHistoryLimit", 1);
        if (spec.path("jobTemplate").path("spec").path("template").get("spec") instanceof ObjectNode template) {
            PodTemplates.applyDefaults(template);
        }
    }

    private static void timeZone(JsonNode spec, List<FieldError> faults) {
        if (!Trees.has(spec, "timeZone")) {
            return;
        }
        String zone = Trees.text(spec, "timeZone");
        if (zone.isEmpty()) {
            faults.add(FieldError.invalid("spec.timeZone", zone, "timeZone must be nil or non-empty string"));
        } else if (zone.equalsIgnoreCase("Local")) {
            faults.add(FieldError.invalid(
                    "spec.timeZone",
                    zone,
                    "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"));
        } else if (!ZoneId.getAvailableZoneIds().contains(zone)) {
            faults.add(FieldError.invalid("spec.timeZone", zone, "unknown time zone " + zone));
        }
    }

    @Override
    public List<FieldError> validate(JsonNode workload) {
        List<FieldError> faults = new FieldErrors();
        JsonNode spec = workload.path("spec");
        if (type == Type.CRON_JOB) {
            CronSchedule.validate(Trees.text(spec, "schedule"), faults);
            timeZone(spec, faults);
            concurrency(spec, faults);
            JsonNode template = Trees.at(spec, "jobTemplate", "spec", "template", "spec");
            PodTemplates.validate(template, "spec.jobTemplate.spec.template.spec", faults);
            restartPolicy(Trees.text(template, "restartPolicy"), "spec.jobTemplate.spec.template.spec", faults);
            return faults;
        }
        for (String field : COUNTS) {
            int value = Trees.integer(spec, 0, field);
            if (value < 0) {
                faults.add(FieldError.invalid("spec." + field, value, "must be greater than or equal to 0"));
            }
        }
        if (type == Type.DEPLOYMENT) {
            RollingUpdates.validate(Trees.at(spec, "strategy"), faults);
            int deadline = Trees.integer(spec, 600, "progressDeadlineSeconds");
            if (deadline <= Trees.integer(spec, 0, "minReadySeconds")) {
                faults.add(FieldError.invalid(
                        "spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds"));
            }
        }
        if (type == Type.DAEMON_SET) {
            RollingUpdates.validateDaemonSet(Trees.at(spec, "updateStrategy", "rollingUpdate"), faults);
        }
        if (type == Type.JOB
                && Trees.text(spec, "completionMode").equals("Indexed")
                && !Trees.has(spec, "completions")) {
            faults.add(FieldError.required("spec.completions", "when completion mode is Indexed"));
        }
        selector(spec, faults);
        JsonNode template = Trees.at(spec, "template", "spec");
        PodTemplates.validate(template, "spec.template.spec", faults);
        restartPolicy(Trees.text(template, "restartPolicy"), "spec.template.spec", faults);
        return faults;
    }

    private void restartPolicy(String policy, String path, List<FieldError> faults) {
        if (type == Type.JOB || type == Type.CRON_JOB) {
            if (policy.equals("Always")) {
                faults.add(FieldError.required(path + ".restartPolicy", "valid values: \"OnFailure\", \"Never\""));
            }
        } else if (!policy.isEmpty() && !policy.equals("Always")) {
            faults.add(FieldError.notSupported(path + ".restartPolicy", policy, "Always"));
        }
    }

    private static void concurrency(JsonNode spec, List<FieldError> faults) {
        String policy = Trees.text(spec, "concurrencyPolicy");
        if (!List.of("Allow", "Forbid", "Replace").contains(policy)) {
            faults.add(FieldError.notSupported("spec.concurrencyPolicy", policy, "Allow", "Forbid", "Replace"));
        }
    }

    private void selector(JsonNode spec, List<FieldError> faults) {
        JsonNode selector = Trees.at(spec, "selector");
        if (selector.isMissingNode()) {
            faults.add(FieldError.required("spec.selector", ""));
            return;
        }
        if (SelectorExpressions.validate(selector, "spec.selector", faults)) {
            return;
        }
        LabelSelector parsed = LabelSelector.of(selector);
        JsonNode labels = Trees.at(spec, "template", "metadata", "labels");
        if (parsed.isEverything()) {
            faults.add(FieldError.invalidAs(
                    "spec.selector",
                    GoSyntax.labelSelector(selector),
                    "empty selector is invalid for " + type.subject));
        } else if (!parsed.matches(Trees.textMap(labels))) {
            faults.add(FieldError.invalidAs(
                    "spec.template.metadata.labels",
                    GoSyntax.textMap(labels),
                    "`selector` does not match template `labels`"));
        }
        Metadata.labels(labels, "spec.template.metadata.labels", faults);
    }

    @Override
    public void carryOver(ObjectNode next, JsonNode present) {
        // a Job's selector and the labels that go with it were made by the server; writers need not repeat them
        if (type == Type.JOB && !Trees.has(next, "spec", "selector")) {
            ObjectNode spec = Trees.object(next, "spec");
            spec.set("selector", Trees.at(present, "spec", "selector").deepCopy());
            if (spec.get("template") instanceof ObjectNode template) {
                ObjectNode labels = Trees.object(Trees.object(template, "metadata"), "labels");
                Trees.textMap(Trees.at(present, "spec", "template", "metadata", "labels"))
                        .forEach((key, value) -> Trees.putDefault(labels, key, value));
            }
        }
    }

    @Override
    public List<FieldError> validateUpdate(JsonNode next, JsonNode present) {
        List<FieldError> faults = new FieldErrors();
        if (type != Type.CRON_JOB && !Trees.sameAt(next, present, "spec", "selector")) {
            String selector = GoSyntax.labelSelector(Trees.at(next, "spec", "selector"));
            faults.add(FieldError.invalidAs("spec.selector", selector, "field is immutable"));
        }
        if (type == Type.STATEFUL_SET && !Trees.same(fixedOfStatefulSet(next), fixedOfStatefulSet(present))) {
            faults.add(FieldError.forbidden(
                    "spec",
                    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template',"
                            + " 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and"
                            + " 'minReadySeconds' are forbidden"));
        }
        if (type == Type.JOB) {
            jobUpdate(next.path("spec"), present.path("spec"), faults);
        }
        return faults;
    }

    private static ObjectNode fixedOfStatefulSet(JsonNode set) {
        ObjectNode spec = set.path("spec").deepCopy();
        return spec.remove(List.of(
                "selector", // which has a fault of its own
                "replicas",
                "ordinals",
                "template",
                "updateStrategy",
                "revisionHistoryLimit",
                "persistentVolumeClaimRetentionPolicy",
                "minReadySeconds"));
    }

    private static void jobUpdate(JsonNode next, JsonNode present, List<FieldError> faults) {
        boolean indexed = Trees.text(next, "completionMode").equals("Indexed");
        if (!indexed && !Trees.sameAt(next, present, "completions")) {
            faults.add(FieldError.invalid("spec.completions", next.path("completions"), "field is immutable"));
        }
        for (String field : FIXED_OF_JOB) {
            if (!Trees.sameAt(next, present, field)) {
                faults.add(FieldError.invalid("spec." + field, next.path(field), "field is immutable"));
            }
        }
        if (!Trees.sameAt(next, present, "template", "spec")) {
            faults.add(FieldError.invalid("spec.template", next.path("template"), "field is immutable"));
        }
    }

    enum Type {
        DEPLOYMENT("deployment"),
        REPLICA_SET("replicaset"),
        STATEFUL_SET("statefulset"),
        DAEMON_SET("daemonset"),
        JOB("job"),
        CRON_JOB("cronjob");

        /** As faults name it. */
        private final String subject;

        Type(String subject) {
            this.subject = subject;
        }

        /** What a status tells even when it is 0. */
        private List<String> counts() {
            return switch (this) {
                case REPLICA_SET -> List.of("replicas");
                case STATEFUL_SET -> List.of("replicas", "availableReplicas");
                case DAEMON_SET ->
                    List.of("currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady");
                case DEPLOYMENT, JOB, CRON_JOB -> List.of();
            };
        }
    }
}
