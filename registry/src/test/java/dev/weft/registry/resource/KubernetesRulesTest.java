package dev.weft.registry.resource;

import static dev.weft.registry.resource.Samples.POD;
import static dev.weft.registry.resource.Samples.RANGES;
import static dev.weft.registry.resource.Samples.accepted;
import static dev.weft.registry.resource.Samples.admit;
import static dev.weft.registry.resource.Samples.json;
import static dev.weft.registry.resource.Samples.object;
import static dev.weft.registry.resource.Samples.patch;
import static dev.weft.registry.resource.Samples.refused;
import static dev.weft.registry.resource.Samples.update;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.Write.PatchType;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules and defaults that a comparison with a real API server asked for. */
class KubernetesRulesTest {
    private static final String DEPLOYMENT =
            "{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'d'},'spec':{'strategy':STRATEGY,'selector':{'matchLabels':{'a':'b'}},"
                    + "'template':{'metadata':{'labels':{'a':'b'}},'spec':{'containers':[{'name':'c','image':'i'}]}}}}";

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"v1, ConfigMap", "v1, Service"})
    @DisplayName("a finalizer says whose it is, unless Kubernetes knows it")
    void finalizers(String version, String kind) {
        String text = "{'apiVersion':'" + version + "','kind':'" + kind
                + "','metadata':{'name':'a','finalizers':['orphan','nofin']},'spec':{'ports':[{'port':80}]}}";
        text = kind.equals("ConfigMap") ? text.replace(",'spec':{'ports':[{'port':80}]}", "") : text;

        assertThat(refused(admit(RANGES, text)).message())
                .isEqualTo(
                        kind
                                + " \"a\" is invalid: metadata.finalizers[1]: Invalid value: \"nofin\": name is neither a standard finalizer name nor is it fully qualified");
        assertThat(accepted(admit(RANGES, text.replace("nofin", "a.example/nofin"))))
                .isNotNull();
    }

    @Test
    @DisplayName("a custom resource may have any finalizer")
    void customFinalizers() {
        String export =
                "{'apiVersion':'multicluster.x-k8s.io/v1beta1','kind':'ServiceExport','metadata':{'name':'a','finalizers':['nofin']}}";
        assertThat(accepted(admit(RANGES, export)).at("/metadata/finalizers/0").asText())
                .isEqualTo("nofin");
    }

    @Test
    @DisplayName("annotations that are exported keep the rules of those of any object")
    void exportedAnnotations() {
        String export =
                "{'apiVersion':'multicluster.x-k8s.io/v1beta1','kind':'ServiceExport','metadata':{'name':'a'},'spec':{'exportedAnnotations':{'KEY':'VALUE'}}}";
        assertThat(accepted(admit(RANGES, export.replace("KEY", "a.example/b"))))
                .isNotNull();
        assertThat(refused(admit(RANGES, export.replace("KEY", "a b"))).message())
                .contains("spec.exportedAnnotations: Invalid value: \"a b\"");
        assertThat(refused(admit(RANGES, export.replace("VALUE", "x".repeat(256 * 1024))))
                        .message())
                .contains("spec.exportedAnnotations: Too long: may not be more than 262144 bytes");
        String mode = export.replace("KEY", "mesh.weft.dev/mode");
        assertThat(accepted(admit(RANGES, mode.replace("VALUE", "nftables")))).isNotNull();
        assertThat(refused(admit(RANGES, mode)).message())
                .as("as on a Service")
                .contains(
                        "spec.exportedAnnotations[mesh.weft.dev/mode]: Invalid value: \"VALUE\": must be one of auto");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'a'},'spec':{'containers':[{'name':'c','image':'i','env':[{'name':'A','value':'x','valueFrom':{'fieldRef':{'fieldPath':'metadata.name'}}}]}]}} | spec.containers[0].env[0].valueFrom",
                "{'apiVersion':'v1','kind':'Service','metadata':{'name':'a'},'spec':{'type':'ExternalName','externalName':'a.example','clusterIP':'127.96.0.9'}} | spec.clusterIPs: Forbidden",
                "{'apiVersion':'batch/v1','kind':'CronJob','metadata':{'name':'a'},'spec':{'schedule':'* * * * *','timeZone':'Mars/Base','jobTemplate':{'spec':{'template':{'spec':{'restartPolicy':'Never','containers':[{'name':'c','image':'i'}]}}}}}} | unknown time zone Mars/Base",
                "{'apiVersion':'v1','kind':'Node','metadata':{'name':'a'},'spec':{'podCIDR':'10.0.0.0'}} | spec.podCIDR: Invalid value",
                "{'apiVersion':'v1','kind':'Node','metadata':{'name':'a'},'spec':{'podCIDRs':['10.0.0.0/24','10.0.1.0/24']}} | no more than one CIDR for each IP family"
            })
    @DisplayName("what no controller could make sense of is refused")
    void senseless(String object, String why) {
        assertThat(refused(admit(RANGES, object)).message()).contains(why);
    }

    private static final String TEMPLATE =
            "'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':{'labels':{'a':'b'}},'spec':{'restartPolicy':'RESTART','containers':[{'name':'c','image':'i'}]}}";

    @ParameterizedTest(name = "{0}: {1} to {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "v1 Pod | 'activeDeadlineSeconds':5 | 'activeDeadlineSeconds':6 | spec.activeDeadlineSeconds: Invalid value: 6: must be less than or equal to previous value",
                "v1 Pod | 'activeDeadlineSeconds':5 | 'priority':0 | must not update from a positive integer to nil value",
                "v1 Pod | 'tolerations':[{'key':'a','operator':'Exists'}] | 'tolerations':[{'key':'b','operator':'Exists'}] | spec.tolerations: Forbidden: existing toleration can not be modified",
                "v1 Pod | 'terminationGracePeriodSeconds':30 | 'terminationGracePeriodSeconds':5 | spec: Forbidden: pod updates may not change fields other than",
                "apps/v1 StatefulSet | 'podManagementPolicy':'Parallel' | 'podManagementPolicy':'OrderedReady' | spec: Forbidden: updates to statefulset spec",
                "batch/v1 Job | 'completions':2,'completionMode':'NonIndexed' | 'completions':2,'completionMode':'Indexed' | spec.completionMode: Invalid value: \"Indexed\": field is immutable",
                "v1 Node | 'providerID':'a' | 'providerID':'b' | spec.providerID: Forbidden: node updates may not change providerID except from \"\" to valid"
            })
    @DisplayName("what may not change once it is said is refused")
    void fixed(String what, String before, String after, String why) {
        ObjectNode present = accepted(admit(RANGES, specimen(what, before)));
        assertThat(refused(update(RANGES, present, object(specimen(what, after)), ""))
                        .message())
                .contains(why);
        assertThat(accepted(update(RANGES, present, object(specimen(what, before)), "")))
                .isNotNull();
    }

    private static String specimen(String what, String more) {
        String kind = what.substring(what.indexOf(' ') + 1);
        String spec = switch (kind) {
            case "Pod" -> "'containers':[{'name':'c','image':'i'}]";
            case "Node" -> "'unschedulable':false";
            case "Job" ->
                TEMPLATE.replace("'selector':{'matchLabels':{'a':'b'}},", "").replace("RESTART", "Never");
            default -> TEMPLATE.replace("RESTART", "Always");
        };
        return "{'apiVersion':'" + what.substring(0, what.indexOf(' ')) + "','kind':'" + kind
                + "','metadata':{'name':'a'},'spec':{" + spec + "," + more + "}}";
    }

    @Test
    @DisplayName("more tolerations, a longer stay by one and a shorter deadline are allowed of a running Pod")
    void podMayChange() {
        ObjectNode present = accepted(
                admit(
                        RANGES,
                        specimen(
                                "v1 Pod",
                                "'activeDeadlineSeconds':9,'tolerations':[{'key':'a','operator':'Exists','effect':'NoExecute'}]")));
        assertThat(accepted(update(
                        RANGES,
                        present,
                        object(
                                specimen(
                                        "v1 Pod",
                                        "'activeDeadlineSeconds':8,'tolerations':[{'key':'b','operator':'Exists'},{'key':'a','operator':'Exists','effect':'NoExecute','tolerationSeconds':9}]")),
                        "")))
                .isNotNull();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "apps/v1 Deployment | 'minReadySeconds':700 | spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds",
                "apps/v1 DaemonSet | 'updateStrategy':{'rollingUpdate':{'maxUnavailable':0,'maxSurge':0}} | spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0",
                "batch/v1 Job | 'parallelism':2,'completionMode':'Indexed' | spec.completions: Required value: when completion mode is Indexed",
                "v1 Pod | 'initContainers':[{'name':'d','image':'i','ports':[{'containerPort':1,'hostPort':70000}]}] | ports[0].hostPort: Invalid value: 70000: must be between 1 and 65535, inclusive",
                "v1 Pod | 'volumes':[{'name':'v','emptyDir':{},'hostPath':{'path':'/'}}] | spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type",
                "v1 Pod | 'initContainers':[{'name':'d','image':'i','livenessProbe':{'tcpSocket':{'port':0}}}] | livenessProbe.tcpSocket.port: Invalid value: 0: must be between 1 and 65535, inclusive",
                "v1 Pod | 'initContainers':[{'name':'d','image':'i','livenessProbe':{'successThreshold':2,'tcpSocket':{'port':1}}}] | livenessProbe.successThreshold: Invalid value: 2: must be 1"
            })
    @DisplayName("what contradicts itself is refused")
    void contradictions(String what, String more, String why) {
        assertThat(refused(admit(RANGES, specimen(what, more))).message()).contains(why);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'operator':'Foo' | operator: Invalid value: \"Foo\": not a valid selector operator",
                "'operator':'In' | values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
                "'operator':'Exists','values':['x'] | values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
            })
    @DisplayName("an expression of a selector that cannot be read is named")
    void expressions(String expression, String why) {
        String deployment = specimen("apps/v1 Deployment", "'replicas':1")
                .replace("'matchLabels':{'a':'b'}", "'matchExpressions':[{'key':'a'," + expression + "}]");
        assertThat(refused(admit(RANGES, deployment)).message()).contains("spec.selector.matchExpressions[0]." + why);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"a.example/b, true", "nodomain, false", "a.example/, false", "/b, false", "A B/c, false"})
    @DisplayName("the controller of an IngressClass is named by its domain")
    void ingressControllers(String controller, boolean allowed) {
        String text =
                "{'apiVersion':'networking.k8s.io/v1','kind':'IngressClass','metadata':{'name':'a'},'spec':{'controller':'"
                        + controller + "'}}";
        if (allowed) {
            assertThat(accepted(admit(RANGES, text))).isNotNull();
        } else {
            assertThat(refused(admit(RANGES, text)).message())
                    .contains("must be a domain-prefixed path (such as \"acme.io/foo\")");
        }
    }

    @Test
    @DisplayName("a Deployment's annotations and the labels of an EndpointSlice count as a new generation")
    void generations() {
        ObjectNode deployment = accepted(admit(RANGES, specimen("apps/v1 Deployment", "'replicas':1")));
        ObjectNode annotated = deployment.deepCopy();
        annotated.withObject("/metadata/annotations").put("a", "b");
        ObjectNode labelled = deployment.deepCopy();
        labelled.withObject("/metadata/labels").put("a", "b");
        assertThat(accepted(update(RANGES, deployment, annotated, ""))
                        .at("/metadata/generation")
                        .asInt())
                .isEqualTo(2);
        assertThat(accepted(update(RANGES, deployment, labelled, ""))
                        .at("/metadata/generation")
                        .asInt())
                .isEqualTo(1);
        ObjectNode slice = accepted(
                admit(
                        RANGES,
                        "{'apiVersion':'discovery.k8s.io/v1','kind':'EndpointSlice','metadata':{'name':'a'},'addressType':'IPv4','endpoints':[]}"));
        ObjectNode named = slice.deepCopy();
        named.withObject("/metadata/labels").put("a", "b");
        assertThat(accepted(update(RANGES, slice, named, ""))
                        .at("/metadata/generation")
                        .asInt())
                .isEqualTo(2);
    }

    @Test
    @DisplayName("the name of a CronJob leaves room for those of its Jobs")
    void cronJobName() {
        String job = "{'apiVersion':'batch/v1','kind':'CronJob','metadata':{'name':'" + "a".repeat(53)
                + "'},'spec':{'schedule':'* * * * *','jobTemplate':{'spec':{'template':{'spec':{'restartPolicy':'Never','containers':[{'name':'c','image':'i'}]}}}}}}";
        assertThat(refused(admit(RANGES, job)).message()).contains("must be no more than 52 characters");
        assertThat(accepted(admit(RANGES, job.replace("a".repeat(53), "a".repeat(52)))))
                .isNotNull();
    }

    @Test
    @DisplayName("paths that are no resources belong to the cluster, not to a namespace")
    void nonResourceRules() {
        String role =
                "{'apiVersion':'rbac.authorization.k8s.io/v1','kind':'Role','metadata':{'name':'r'},'rules':[{'verbs':['get'],'nonResourceURLs':['/x']}]}";
        assertThat(refused(admit(RANGES, role)).message())
                .isEqualTo("Role.rbac.authorization.k8s.io \"r\" is invalid: rules[0].nonResourceURLs: Invalid value:"
                        + " []string{\"/x\"}: namespaced rules cannot apply to non-resource URLs");
        assertThat(accepted(admit(RANGES, role.replace("'Role'", "'ClusterRole'"))))
                .isNotNull();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'type':'Recreate','rollingUpdate':{}} | rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
                "{'rollingUpdate':{'maxSurge':0,'maxUnavailable':0}} | rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0",
                "{'rollingUpdate':{'maxSurge':'0%','maxUnavailable':'0%'}} | may not be 0 when `maxSurge` is 0",
                "{'rollingUpdate':{'maxSurge':'x%'}} | rollingUpdate.maxSurge: Invalid value: \"x%\": a valid percent string must be a numeric string followed by an ending '%'",
                "{'rollingUpdate':{'maxSurge':-1}} | rollingUpdate.maxSurge: Invalid value: -1: must be greater than or equal to 0",
                "{'rollingUpdate':{'maxUnavailable':'101%'}} | rollingUpdate.maxUnavailable: Invalid value: \"101%\": must not be greater than 100%",
                "{'type':'Sometimes'} | spec.strategy: Unsupported value: \"Sometimes\""
            })
    @DisplayName("a Deployment's strategy makes sense")
    void strategies(String strategy, String fault) {
        assertThat(refused(admit(RANGES, DEPLOYMENT.replace("STRATEGY", strategy)))
                        .message())
                .contains(fault);
    }

    @Test
    @DisplayName("a Deployment's strategy has defaults only where it rolls")
    void strategyDefaults() {
        assertThat(accepted(admit(RANGES, DEPLOYMENT.replace("STRATEGY", "{}"))).at("/spec/strategy"))
                .isEqualTo(json("{'type':'RollingUpdate','rollingUpdate':{'maxUnavailable':'25%','maxSurge':'25%'}}"));
        assertThat(accepted(admit(RANGES, DEPLOYMENT.replace("STRATEGY", "{'type':'Recreate'}")))
                        .at("/spec/strategy"))
                .isEqualTo(json("{'type':'Recreate'}"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'containers':[{'name':'c','image':'i','livenessProbe':{'exec':{'command':['x']},'httpGet':{'port':80}}}] | spec.containers[0].livenessProbe.httpGet: Forbidden: may not specify more than 1 handler type",
                "'containers':[{'name':'c','image':'i','readinessProbe':{'periodSeconds':3}}] | spec.containers[0].readinessProbe: Required value: must specify a handler type",
                "'containers':[{'name':'c','image':'i','lifecycle':{'preStop':{'exec':{'command':['x']},'sleep':{'seconds':1}}}}] | spec.containers[0].lifecycle.preStop.sleep: Forbidden: may not specify more than 1 handler type",
                "'hostNetwork':true,'containers':[{'name':'c','image':'i','ports':[{'containerPort':80,'hostPort':81}]}] | spec.containers[0].ports[0].containerPort: Invalid value: 80: must match `hostPort` when `hostNetwork` is true",
                "'activeDeadlineSeconds':-1,'containers':[{'name':'c','image':'i'}] | spec.activeDeadlineSeconds: Invalid value: -1: must be between 1 and 2147483647, inclusive",
                "'affinity':{'nodeAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':{'nodeSelectorTerms':[]}}},'containers':[{'name':'c','image':'i'}] | nodeSelectorTerms: Required value: must have at least one node selector term"
            })
    @DisplayName("a Pod contradicts itself in nothing")
    void pods(String spec, String fault) {
        String pod = "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p'},'spec':{" + spec + "}}";
        assertThat(refused(admit(RANGES, pod)).message()).contains(fault);
    }

    @Test
    @DisplayName("a Pod's node is not chosen by an update, neither the first nor another")
    void nodeName() {
        ObjectNode pod = accepted(admit(RANGES, POD));
        String bind = "{'spec':{'nodeName':'n1'}}";
        assertThat(refused(patch(pod, PatchType.MERGE_PATCH, "", bind)).message())
                .contains("spec: Forbidden: pod updates may not change fields other than");
    }

    @Test
    @DisplayName("a Pod is complete when it is stored")
    void podDefaults() {
        ObjectNode pod = accepted(admit(
                RANGES,
                "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p'},'spec':{'hostNetwork':true,'terminationGracePeriodSeconds':-1,"
                        + "'volumes':[{'name':'v'},{'name':'s','secret':{'secretName':'s'}}],'containers':[{'name':'c','image':'i','ports':[{'containerPort':80}],"
                        + "'resources':{'limits':{'cpu':'0.1m','memory':1000}}}]}}"));

        assertThat(pod.at("/spec/serviceAccountName").asText()).isEqualTo("default");
        assertThat(pod.at("/spec/serviceAccount").asText()).isEqualTo("default");
        assertThat(pod.at("/spec/terminationGracePeriodSeconds").asInt()).isEqualTo(1);
        assertThat(pod.at("/spec/volumes"))
                .isEqualTo(json(
                        "[{'name':'v','emptyDir':{}},{'name':'s','secret':{'secretName':'s','defaultMode':420}}]"));
        assertThat(pod.at("/spec/containers/0/ports/0/hostPort").asInt()).isEqualTo(80);
        assertThat(pod.at("/spec/containers/0/resources"))
                .isEqualTo(json("{'limits':{'cpu':'1m','memory':'1k'},'requests':{'cpu':'1m','memory':'1k'}}"));
    }

    @Test
    @DisplayName("the former name of a Pod's account is as good as the present one")
    void formerAccount() {
        ObjectNode pod = accepted(admit(RANGES, POD.replace("'spec':{", "'spec':{'serviceAccount':'robot',")));
        assertThat(pod.at("/spec/serviceAccountName").asText()).isEqualTo("robot");
    }

    @Test
    @DisplayName("a Pod that was stored before it had these defaults can still be changed where Pods can")
    void olderPods() {
        ObjectNode pod = accepted(admit(
                RANGES,
                POD.replace("'image':'nginx'", "'image':'nginx','resources':{'limits':{'cpu':'500m'},'requests':{}}")));
        pod.withObject("/spec").remove(java.util.List.of("serviceAccountName", "serviceAccount"));
        pod.withObject("/spec/containers/0/resources/limits").put("cpu", 0.5);

        ObjectNode next = accepted(patch(pod, PatchType.MERGE_PATCH, "", "{'metadata':{'labels':{'x':'y'}}}"));

        assertThat(next.at("/spec/serviceAccountName").asText()).isEqualTo("default");
        assertThat(next.at("/metadata/labels/x").asText()).isEqualTo("y");
        assertThat(refused(patch(pod, PatchType.MERGE_PATCH, "", "{'spec':{'hostname':'h'}}"))
                        .reason())
                .isEqualTo(Refusal.Reason.Invalid);
    }

    @Test
    @DisplayName("the conditions of a ServiceExport are held against the schema of their definition")
    void conditions() {
        ObjectNode export = accepted(admit(
                RANGES,
                "{'apiVersion':'multicluster.x-k8s.io/v1beta1','kind':'ServiceExport','metadata':{'name':'web'}}"));
        ObjectNode bad = export.deepCopy();
        bad.set("status", json("{'conditions':[{'type':'a b','status':'Foo','reason':'','message':''}]}"));
        ObjectNode good = export.deepCopy();
        good.set(
                "status",
                object(
                        "{'conditions':[{'type':'Valid','status':'True','reason':'Fine','message':'','lastTransitionTime':'2026-01-01T00:00:00Z'}]}"));

        assertThat(refused(update(RANGES, export, bad, "status")).causes())
                .extracting(FieldError::field)
                .containsExactlyInAnyOrder(
                        "status.conditions[0].lastTransitionTime",
                        "status.conditions[0].type",
                        "status.conditions[0].reason",
                        "status.conditions[0].status");
        assertThat(accepted(update(RANGES, export, good, "status")).at("/status/conditions/0/type"))
                .isEqualTo(json("'Valid'"));
    }

    @ParameterizedTest
    @CsvSource({
        "'', services, true",
        "'', endpoints, true",
        "'', events, true",
        "events.k8s.io, events, true",
        "coordination.k8s.io, leases, true",
        "rbac.authorization.k8s.io, roles, true",
        "rbac.authorization.k8s.io, clusterrolebindings, true",
        "'', configmaps, false",
        "'', pods, false",
        "apps, deployments, false",
        "networking.k8s.io, ingresses, false"
    })
    @DisplayName("the kinds that an update makes are those of Kubernetes")
    void createdByUpdate(String group, String plural, boolean made) {
        ResourceKind kind = Objects.requireNonNull(StandardKinds.catalog(RANGES).find(group, "v1", plural));
        assertThat(kind.rules().createdByUpdate()).isEqualTo(made);
    }
}
