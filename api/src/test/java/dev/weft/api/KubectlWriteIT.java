package dev.weft.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the real kubectl writes, and what it says then, as it would to Kubernetes. */
@DisplayName("kubectl, writing,")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KubectlWriteIT {
    @RegisterExtension
    static final KubectlServer SHARED = new KubectlServer();

    private static final String DEPLOYMENT = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: dep, namespace: work, labels: {app: work}}
            spec:
              replicas: 2
              selector: {matchLabels: {app: work}}
              template:
                metadata: {labels: {app: work}}
                spec: {containers: [{name: c, image: "work:1", ports: [{containerPort: 80}]}]}
            """;

    private Kubectl kubectl;

    @BeforeAll
    void makeANamespace() {
        kubectl = SHARED.kubectl();
        kubectl.run("create namespace work");
        kubectl.pipe(DEPLOYMENT, "create -f -");
    }

    private static String service(String name, String ports) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: work, labels: {app: %s}}
                spec: {selector: {app: work}, ports: [%s]}
                """.formatted(name, name, ports);
    }

    private static String configMap(String name, String data) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name
                + "\",\"namespace\":\"work\",\"labels\":{\"set\":\"pruned\"}}," + data + "}";
    }

    private String field(String object, String path) {
        return kubectl.run("get " + object + " -n work -o jsonpath={" + path + "}");
    }

    @Nested
    @DisplayName("apply and diff")
    class Apply {
        @Test
        @DisplayName("make, leave, change, and take away what is not in the manifest any more")
        void threeWays() {
            String two = service("applied", "{name: a, port: 80}, {name: b, port: 81}");
            assertThat(kubectl.pipe(two, "apply -f -")).isEqualTo("service/applied created\n");
            assertThat(kubectl.pipe(two, "apply -f -")).isEqualTo("service/applied unchanged\n");
            String one = service("applied", "{name: a, port: 80, targetPort: 8080}");
            Kubectl.Run diff = kubectl.call(one, List.of("diff", "-f", "-"), List.of());
            assertThat(diff.code()).isEqualTo(1);
            assertThat(diff.out()).contains("-    targetPort: 80\n", "+    targetPort: 8080\n", "-  - name: b\n");
            assertThat(kubectl.pipe(one, "apply -f -")).isEqualTo("service/applied configured\n");
            assertThat(field("svc/applied", ".spec.ports[*].targetPort")).isEqualTo("8080");
            assertThat(kubectl.call(one, List.of("diff", "-f", "-"), List.of()).code())
                    .isZero();
            assertThat(kubectl.run("apply view-last-applied svc/applied -n work"))
                    .contains("targetPort: 8080");
        }

        @Test
        @DisplayName("try without doing, on either side")
        void dryRun() {
            String wanted = service("tried", "{port: 80}");
            assertThat(kubectl.pipe(wanted, "apply --dry-run=server -f -"))
                    .isEqualTo("service/tried created (server dry run)\n");
            assertThat(kubectl.pipe(wanted, "apply --dry-run=client -f -"))
                    .isEqualTo("service/tried created (dry run)\n");
            assertThat(kubectl.pipe(wanted, "create --dry-run=server -o yaml -f -"))
                    .contains("uid: ", "sessionAffinity: None")
                    .doesNotContain("resourceVersion");
            assertThat(kubectl.run("create service clusterip tried --tcp=80 -n work --dry-run=client -o name"))
                    .isEqualTo("service/tried\n");
            Kubectl.Run diff = kubectl.call(wanted, List.of("diff", "-f", "-"), List.of());
            assertThat(diff.out()).contains("+kind: Service\n").doesNotContain("resourceVersion");
            assertThat(kubectl.fails("get svc tried -n work")).contains("not found");
        }

        @Test
        @DisplayName("prune what has the label and is not in the manifest")
        void prunes() {
            String prune = "apply -n work --prune -l set=pruned --prune-allowlist=core/v1/ConfigMap -f -";
            kubectl.pipe(configMap("p1", "\"data\":{}"), prune);
            assertThat(kubectl.pipe(configMap("p2", "\"data\":{}"), prune))
                    .isEqualTo("configmap/p2 created\nconfigmap/p1 pruned\n");
        }

        @ParameterizedTest(name = "{0}")
        @DisplayName("are told what is wrong, in Kubernetes' words")
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "\"spec\":{\"ports\":[{\"port\":70000,\"targetPort\":80}]} | The Service \"bad\" is invalid: spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive",
                    "\"spec\":{\"prts\":[]} | Error from server (BadRequest): error when creating \"STDIN\": Service in version \"v1\" cannot be handled as a Service: strict decoding error: unknown field \"spec.prts\"",
                    "\"spec\":{\"ports\":[{\"port\":\"x\"}]} | Error from server (BadRequest): error when creating \"STDIN\": Service in version \"v1\" cannot be handled as a Service: json: cannot unmarshal string into Go struct field ServicePort.spec.ports.port of type int32",
                    "\"spec\":{\"type\":\"Foo\",\"ports\":[{\"port\":1}]} | The Service \"bad\" is invalid: spec.type: Unsupported value: \"Foo\": supported values: \"ClusterIP\", \"ExternalName\", \"LoadBalancer\", \"NodePort\"",
                })
        void refuses(String spec, String message) {
            String body = "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"bad\"}," + spec + "}";
            assertThat(kubectl.pipeFails(body, "apply -n work -f -")).isEqualTo(message + "\n");
        }

        @Test
        @DisplayName("list every cause, and name a namespace that is not there")
        void causes() {
            assertThat(kubectl.pipeFails(service("bad", "{port: 80}, {port: 81, protocol: XX}"), "apply -f -"))
                    .isEqualTo("""
                            The Service "bad" is invalid:\s
                            * spec.ports[0].name: Required value
                            * spec.ports[1].name: Required value
                            * spec.ports[1].protocol: Unsupported value: "XX": supported values: "SCTP", "TCP", "UDP"
                            """);
            assertThat(kubectl.pipeFails(
                            service("bad", "{port: 80}").replace("namespace: work", "namespace: nowhere"),
                            "apply -f -"))
                    .isEqualTo(
                            "Error from server (NotFound): error when creating \"STDIN\": namespaces \"nowhere\" not found\n");
        }

        @Test
        @DisplayName("warn of unknown fields, or keep quiet, where asked to")
        void validation() {
            Kubectl.Run warned = kubectl.call(
                    configMap("warned", "\"dat\":{}"), List.of("create", "--validate=warn", "-f", "-"), List.of());
            assertThat(warned.err()).isEqualTo("Warning: unknown field \"dat\"\n");
            assertThat(warned.out()).isEqualTo("configmap/warned created\n");
            Kubectl.Run quiet = kubectl.call(
                    configMap("quiet", "\"dat\":{}"), List.of("create", "--validate=ignore", "-f", "-"), List.of());
            assertThat(quiet.err()).isEmpty();
        }
    }

    @Nested
    @DisplayName("create")
    class Create {
        @ParameterizedTest(name = "create {0}")
        @DisplayName("makes objects, in protobuf")
        @CsvSource(
                delimiter = '|',
                value = {
                    "service clusterip made --tcp=80:8080 | service/made created",
                    "service clusterip headless --clusterip=None | service/headless created",
                    "service nodeport noded --tcp=80 | service/noded created",
                    "service loadbalancer balanced --tcp=80 | service/balanced created",
                    "service externalname named --external-name=db.example.com | service/named created",
                    "configmap made --from-literal=a=1 | configmap/made created",
                    "secret generic made --from-literal=a=1 | secret/made created",
                    "secret docker-registry reg --docker-username=a --docker-password=b --docker-server=x | secret/reg created",
                    "serviceaccount made | serviceaccount/made created",
                    "deployment made --image=app --replicas=0 --port=80 | deployment.apps/made created",
                    "job made --image=app | job.batch/made created",
                    "ingress made --rule=a.example.com/x=web:80 --class=weft --annotation=a=b | ingress.networking.k8s.io/made created",
                    "ingress backed --default-backend=web:http | ingress.networking.k8s.io/backed created",
                    "role made --verb=get,list --resource=pods,deployments.apps | role.rbac.authorization.k8s.io/made created",
                    "rolebinding made --role=made --user=u --serviceaccount=work:made | rolebinding.rbac.authorization.k8s.io/made created",
                    "clusterrole made --verb=get --non-resource-url=/healthz | clusterrole.rbac.authorization.k8s.io/made created",
                    "clusterrolebinding made --clusterrole=made --group=g | clusterrolebinding.rbac.authorization.k8s.io/made created",
                })
        void typed(String arguments, String said) {
            List<String> line = List.of(("create " + arguments + " -n work").split(" ", -1));
            Kubectl.Run run = kubectl.call("", line, List.of());
            assertThat(run).isEqualTo(new Kubectl.Run(0, said + "\n", ""));
        }

        @Test
        @DisplayName("keeps what was said in protobuf")
        void content() {
            kubectl.run("create ingress kept --rule=a.example.com/x*=web:80,tls=cert -n work");
            assertThat(field("ing/kept", ".spec.rules[0].http.paths[0].backend.service.port.number")
                            + field("ing/kept", ".spec.rules[0].http.paths[0].pathType")
                            + field("ing/kept", ".spec.tls[0].secretName"))
                    .isEqualTo("80Prefixcert");
            kubectl.run("create cronjob kept --image=app -n work", "--schedule=0 1 * * *");
            assertThat(field("cj/kept", ".spec.schedule")).isEqualTo("0 1 * * *");
            assertThat(kubectl.run("create job kept --from=cronjob/kept -n work"))
                    .isEqualTo("job.batch/kept created\n");
            assertThat(field("job/kept", ".metadata.ownerReferences[0].name")).isEqualTo("kept");
            assertThat(kubectl.run("run kept --image=app --port=80 --expose -n work"))
                    .isEqualTo("service/kept created\npod/kept created\n");
        }

        @ParameterizedTest(name = "create {0}")
        @DisplayName("is told what is wrong, or not served")
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "quota q --hard=pods=1 | error: failed to create quota: the server could not find the requested resource",
                    "pdb p --selector=a=b --min-available=1 | error: failed to create poddisruptionbudgets: the server could not find the requested resource",
                    "priorityclass p --value=1 | error: failed to create priorityclass: the server could not find the requested resource",
                    "service nodeport n --tcp=80 --node-port=80 | error: failed to create NodePort service: Service \"n\" is invalid: spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767",
                    "service clusterip n --tcp=80 --clusterip=10.0.0.1 | error: failed to create ClusterIP service: Service \"n\" is invalid: spec.clusterIPs[0]: Invalid value: \"10.0.0.1\": failed to allocate IP 10.0.0.1: the provided IP is not in the valid range. The range of valid IPs is 127.96.0.0/16",
                    "deployment dep --image=x | error: failed to create deployment: deployments.apps \"dep\" already exists",
                    "cronjob c --image=x --schedule=never | error: failed to create cronjob: CronJob.batch \"c\" is invalid: spec.schedule: Invalid value: \"never\": expected exactly 5 fields, found 1: [never]",
                })
        void refused(String arguments, String message) {
            assertThat(kubectl.fails("create " + arguments + " -n work"))
                    .startsWith(message.replaceAll(", found 1.*", ""));
        }

        @Test
        @DisplayName("makes a name where only its beginning is given")
        void generates() {
            String body = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"generateName\":\"gen-\"}}";
            assertThat(kubectl.pipe(body, "create -n work -f -")).matches("configmap/gen-[a-z0-9]{5} created\n");
        }
    }

    @Nested
    @DisplayName("patch, edit, replace, label, annotate, set")
    class Change {
        @Test
        @DisplayName("patch in three ways and say whether anything changed")
        void patches() {
            kubectl.pipe(service("patched", "{port: 80}"), "create -f -");
            String strategic = "{\"spec\":{\"ports\":[{\"port\":80,\"targetPort\":1234}]}}";
            assertThat(kubectl.run("patch svc patched -n work -p", strategic)).isEqualTo("service/patched patched\n");
            assertThat(kubectl.run("patch svc patched -n work -p", strategic))
                    .isEqualTo("service/patched patched (no change)\n");
            kubectl.run("patch svc patched -n work --type=merge -p", "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}");
            kubectl.run(
                    "patch svc patched -n work --type=json -p",
                    "[{\"op\":\"test\",\"path\":\"/metadata/labels/a\",\"value\":\"b\"},"
                            + "{\"op\":\"remove\",\"path\":\"/metadata/labels/a\"}]");
            assertThat(field("svc/patched", ".metadata.labels.a") + field("svc/patched", ".spec.ports[0].targetPort"))
                    .isEqualTo("1234");
            assertThat(kubectl.fails(
                            "patch svc patched -n work --type=json -p",
                            "[{\"op\":\"test\",\"path\":\"/spec/type\",\"value\":\"x\"}]"))
                    .isEqualTo(
                            "The request is invalid: the server rejected our request due to an error in our request\n");
            assertThat(kubectl.fails("patch svc patched -n work -p", "{\"spec\":{\"ports\":\"x\"}}"))
                    .startsWith("The request is invalid: patch: Invalid value: ");
            Kubectl.Run warned = kubectl.call(
                    "",
                    List.of("patch", "svc", "patched", "-n", "work", "--type=merge", "-p", "{\"spec\":{\"typ\":1}}"),
                    List.of());
            assertThat(warned)
                    .isEqualTo(new Kubectl.Run(
                            0, "service/patched patched (no change)\n", "Warning: unknown field \"spec.typ\"\n"));
        }

        @Test
        @DisplayName("edit with an editor, which may change, leave or spoil it")
        void edits() {
            kubectl.pipe(service("edited", "{port: 80}"), "create -f -");
            assertThat(edit("sed -i s/port:.80/port:\\ 82/").out()).isEqualTo("service/edited edited\n");
            assertThat(field("svc/edited", ".spec.ports[0].port")).isEqualTo("82");
            assertThat(edit("true").err()).isEqualTo("Edit cancelled, no changes made.\n");
            Kubectl.Run spoilt = edit("sed -i s/port:.82/port:\\ 99999/");
            assertThat(spoilt.code()).isNotZero();
            assertThat(spoilt.err()).contains("error: services \"edited\" is invalid");
        }

        private Kubectl.Run edit(String editor) {
            return kubectl.call("", List.of("edit", "svc", "edited", "-n", "work"), List.of("EDITOR=" + editor));
        }

        @Test
        @DisplayName("replace, by force too, and are refused an old version")
        void replaces() {
            kubectl.pipe(service("replaced", "{port: 80}"), "create -f -");
            assertThat(kubectl.pipe(service("replaced", "{port: 81}"), "replace -f -"))
                    .isEqualTo("service/replaced replaced\n");
            assertThat(kubectl.pipe(service("replaced", "{port: 82}"), "replace --force -f -"))
                    .contains("service/replaced replaced\n");
            String old =
                    "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"old\",\"namespace\":\"work\",\"resourceVersion\":\"1\"}}";
            kubectl.run("create cm old -n work");
            assertThat(kubectl.pipeFails(old, "replace -f -"))
                    .isEqualTo("Error from server (Conflict): error when replacing \"STDIN\": Operation cannot be"
                            + " fulfilled on configmaps \"old\": the object has been modified; please apply your changes"
                            + " to the latest version and try again\n");
            assertThat(kubectl.pipeFails(configMap("nowhere", "\"data\":{}"), "replace -f -"))
                    .isEqualTo(
                            "Error from server (NotFound): error when replacing \"STDIN\": configmaps \"nowhere\" not found\n");
        }

        @Test
        @DisplayName("label and annotate, over what is there only when told to")
        void labels() {
            kubectl.pipe(service("labelled", "{port: 80}"), "create -f -");
            assertThat(kubectl.run("label svc labelled -n work a=b")).isEqualTo("service/labelled labeled\n");
            assertThat(kubectl.run("label svc labelled -n work a=b")).isEqualTo("service/labelled not labeled\n");
            assertThat(kubectl.fails("label svc labelled -n work a=c"))
                    .isEqualTo("error: 'a' already has a value (b), and --overwrite is false\n");
            assertThat(kubectl.run("label svc labelled -n work a=c --overwrite"))
                    .isEqualTo("service/labelled labeled\n");
            assertThat(kubectl.run("label svc labelled -n work --list").lines()).contains("a=c");
            assertThat(kubectl.run("label svc labelled -n work a-")).isEqualTo("service/labelled unlabeled\n");
            assertThat(kubectl.fails("label svc labelled -n work", "bad key=x"))
                    .startsWith("The Service \"labelled\" is invalid: metadata.labels: Invalid value: \"bad key\":"
                            + " name part must consist of alphanumeric characters");
            assertThat(kubectl.run("annotate svc labelled -n work n=1")).isEqualTo("service/labelled annotated\n");
            assertThat(kubectl.fails("annotate svc labelled -n work --resource-version=1 n=4 --overwrite"))
                    .startsWith("Error from server (Conflict): Operation cannot be fulfilled on services \"labelled\"");
        }

        @Test
        @DisplayName("set images, variables, resources, selectors, subjects")
        void sets() {
            kubectl.pipe(DEPLOYMENT.replace("name: dep", "name: set"), "create -f -");
            assertThat(kubectl.run("set image deploy/set c=work:2 -n work"))
                    .isEqualTo("deployment.apps/set image updated\n");
            assertThat(kubectl.run("set env deploy/set A=B -n work")).isEqualTo("deployment.apps/set env updated\n");
            assertThat(kubectl.run("set resources deploy/set --limits=cpu=1 -n work"))
                    .isEqualTo("deployment.apps/set resource requirements updated\n");
            assertThat(kubectl.run("set sa deploy/set some -n work"))
                    .isEqualTo("deployment.apps/set serviceaccount updated\n");
            assertThat(field("deploy/set", ".spec.template.spec.containers[0]['image','env','resources']"))
                    .contains("work:2", "\"name\":\"A\"", "\"cpu\":\"1\"");
            kubectl.pipe(service("selecting", "{port: 80}"), "create -f -");
            kubectl.run("set selector svc selecting app=other -n work");
            assertThat(field("svc/selecting", ".spec.selector.app")).isEqualTo("other");
            kubectl.run("create rolebinding subject --role=r --user=a -n work");
            kubectl.run("set subject rolebinding subject --user=b -n work");
            assertThat(field("rolebinding/subject", ".subjects[*].name")).isEqualTo("a b");
        }
    }

    @Nested
    @DisplayName("expose, scale, autoscale")
    class Expose {
        @Test
        @DisplayName("make Services of what is there")
        void exposes() {
            assertThat(kubectl.run("expose deploy dep -n work")).isEqualTo("service/dep exposed\n");
            assertThat(kubectl.run("expose svc dep --name=dep-np --type=NodePort --port=90 -n work"))
                    .isEqualTo("service/dep-np exposed\n");
            assertThat(field("svc/dep", ".spec.ports[0].port") + field("svc/dep", ".spec.selector.app"))
                    .isEqualTo("80work");
        }

        @Test
        @DisplayName("scale if the count is as said, and only what can be scaled")
        void scales() {
            kubectl.pipe(DEPLOYMENT.replace("name: dep", "name: scaled"), "create -f -");
            assertThat(kubectl.run("scale deploy scaled --replicas=4 -n work"))
                    .isEqualTo("deployment.apps/scaled scaled\n");
            assertThat(kubectl.run("scale deploy scaled --replicas=5 --current-replicas=4 -n work"))
                    .isEqualTo("deployment.apps/scaled scaled\n");
            assertThat(kubectl.fails("scale deploy scaled --replicas=5 --current-replicas=9 -n work"))
                    .isEqualTo("error: Expected replicas to be 9, was 5\n");
            assertThat(field("deploy/scaled", ".spec.replicas")).isEqualTo("5");
            assertThat(kubectl.fails("autoscale deploy scaled --max=3 -n work"))
                    .isEqualTo("Error from server (NotFound): the server could not find the requested resource\n");
        }
    }
}
