package dev.weft.deploy.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.deploy.run.RunState.Container;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;

/** A command as objects: its Pod, the Pod's status, and the Lease that is its sign of life. Pure. */
record PodObjects(RunPlan plan) {
    /** On a Pod: who runs it; the registry then waits for a Lease of the Pod's name. */
    static final String AGENT = "mesh.weft.dev/agent";

    static final String AGENT_NAME = "weft-run";

    /** How long a sign of life lasts, in seconds. */
    static final int LEASE_SECONDS = 2;

    private static final String AGENT_LOST = "AgentLost";
    private static final DateTimeFormatter MICROS =
            new DateTimeFormatterBuilder().appendInstant(6).toFormatter();

    String podsPath() {
        return "/api/v1/namespaces/" + plan.where().namespace() + "/pods";
    }

    String podPath() {
        return podsPath() + "/" + plan.where().name();
    }

    String leasesPath() {
        return "/apis/coordination.k8s.io/v1/namespaces/" + plan.where().namespace() + "/leases";
    }

    String leasePath() {
        return leasesPath() + "/" + plan.where().name();
    }

    ObjectNode pod() {
        ObjectNode pod = named("v1", "Pod");
        ObjectNode metadata = (ObjectNode) pod.get("metadata");
        metadata.putObject("annotations").put(AGENT, AGENT_NAME);
        ObjectNode labels = metadata.putObject("labels");
        plan.labels().forEach(labels::put);
        ObjectNode spec = pod.putObject("spec");
        spec.put("nodeName", plan.where().node());
        spec.put("restartPolicy", plan.restart().policy().name());
        spec.put("enableServiceLinks", plan.links());
        spec.put("terminationGracePeriodSeconds", plan.stop().seconds());
        ObjectNode container = spec.putArray("containers").addObject();
        container.put("name", containerName()).put("image", image());
        ArrayNode command = container.putArray("command");
        plan.command().forEach(command::add);
        ArrayNode environment = container.putArray("env");
        plan.environment()
                .forEach((name, value) ->
                        environment.addObject().put("name", name).put("value", value));
        ArrayNode ports = container.putArray("ports");
        for (RunPlan.Port port : plan.ports()) {
            ObjectNode one = ports.addObject().put("containerPort", port.number());
            if (!port.name().isEmpty()) {
                one.put("name", port.name());
            }
        }
        plan.probe().ifPresent(probe -> container.set("readinessProbe", probe.json(plan.timing(), plan.probePort())));
        return pod;
    }

    private String containerName() {
        return RunPlan.shortName(plan.command());
    }

    private String image() {
        return "process/" + containerName();
    }

    private ObjectNode named(String apiVersion, String kind) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("apiVersion", apiVersion).put("kind", kind);
        object.putObject("metadata")
                .put("name", plan.where().name())
                .put("namespace", plan.where().namespace());
        return object;
    }

    /** A Lease that goes with the Pod. */
    ObjectNode lease(String podUid, Instant now) {
        ObjectNode lease = named("coordination.k8s.io/v1", "Lease");
        ((ObjectNode) lease.get("metadata"))
                .putArray("ownerReferences")
                .addObject()
                .put("apiVersion", "v1")
                .put("kind", "Pod")
                .put("name", plan.where().name())
                .put("uid", podUid);
        lease.setAll(renewal(now));
        ((ObjectNode) lease.get("spec"))
                .put("holderIdentity", AGENT_NAME + "-" + plan.where().name())
                .put("leaseDurationSeconds", LEASE_SECONDS);
        return lease;
    }

    /** A sign of life. */
    static ObjectNode renewal(Instant now) {
        ObjectNode change = JsonNodeFactory.instance.objectNode();
        change.putObject("spec").put("renewTime", MICROS.format(now));
        return change;
    }

    /** Whether a Pod was made by a {@code weft run}. */
    static boolean isRun(JsonNode pod) {
        return pod.path("metadata").path("annotations").path(AGENT).asText().equals(AGENT_NAME);
    }

    /** Whether the control plane took this process for dead. */
    static boolean isLost(JsonNode pod) {
        return pod.path("status").path("reason").asText().equals(AGENT_LOST);
    }

    /** The change that makes a Pod's status say how the command is. */
    ObjectNode status(RunState state) {
        ObjectNode change = JsonNodeFactory.instance.objectNode();
        ObjectNode status = change.putObject("status");
        boolean fresh =
                state.container() instanceof Container.Waiting && state.before().isEmpty();
        status.put("phase", phase(state, fresh));
        status.putNull("reason").putNull("message");
        String address = plan.where().address();
        status.put("podIP", address).put("hostIP", address).put("startTime", time(state.since()));
        status.putArray("podIPs").addObject().put("ip", address);
        ArrayNode conditions = status.putArray("conditions");
        condition(conditions, "PodScheduled", true, state.since());
        condition(conditions, "Initialized", true, state.since());
        condition(conditions, "ContainersReady", state.ready(), state.readySince());
        condition(conditions, "Ready", state.ready(), state.readySince());
        status.putArray("containerStatuses").add(container(state));
        return change;
    }

    private String phase(RunState state, boolean fresh) {
        if (state.container() instanceof Container.Ended end
                && !plan.restart().policy().restarts(end.code())) {
            return end.code() == 0 ? "Succeeded" : "Failed";
        }
        return fresh ? "Pending" : "Running";
    }

    private static void condition(ArrayNode all, String type, boolean holds, Instant since) {
        ObjectNode condition = all.addObject()
                .put("type", type)
                .put("status", holds ? "True" : "False")
                .put("lastTransitionTime", time(since));
        if (!holds) {
            condition.put("reason", "ContainersNotReady");
        }
    }

    private ObjectNode container(RunState state) {
        ObjectNode status = JsonNodeFactory.instance.objectNode();
        status.put("name", containerName()).put("image", image()).put("imageID", "");
        status.put("ready", state.ready());
        status.put("started", state.container() instanceof Container.Running);
        status.put("restartCount", state.restarts());
        ObjectNode now = status.putObject("state");
        if (state.container() instanceof Container.Waiting waiting) {
            ObjectNode why = now.putObject("waiting").put("reason", waiting.reason());
            if (!waiting.message().isEmpty()) {
                why.put("message", waiting.message());
            }
        } else if (state.container() instanceof Container.Running running) {
            status.put("containerID", id(running.pid()));
            now.putObject("running").put("startedAt", time(running.since()));
        } else {
            now.set("terminated", terminated((Container.Ended) state.container()));
        }
        boolean past = !(state.container() instanceof Container.Ended);
        ObjectNode last = status.putObject("lastState");
        state.before().filter(end -> past).ifPresent(end -> last.set("terminated", terminated(end)));
        return status;
    }

    private static ObjectNode terminated(Container.Ended end) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("exitCode", end.code())
                .put("reason", end.code() == 0 ? "Completed" : "Error")
                .put("startedAt", time(end.from()))
                .put("finishedAt", time(end.until()))
                .put("containerID", id(end.pid()));
    }

    private static String id(long pid) {
        return "process://" + pid;
    }

    private static String time(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
