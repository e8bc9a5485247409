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
import org.junit.jupiter.params.provider.ValueSource;

/** What the real kubectl shows of every kind, as it would of Kubernetes. */
@DisplayName("kubectl, reading,")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KubectlReadIT {
    @RegisterExtension
    static final KubectlServer SHARED = new KubectlServer();

    private Kubectl kubectl;

    @BeforeAll
    void makeOneOfEach() throws Exception {
        kubectl = SHARED.kubectl();
        try (var manifest = KubectlReadIT.class.getResourceAsStream("/every-kind.yaml")) {
            String text = new String(manifest.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            assertThat(kubectl.pipe(text, "apply -f -").lines()).allMatch(line -> line.endsWith(" created"));
            assertThat(kubectl.pipe(text, "apply -f -").lines())
                    .filteredOn(line -> !line.endsWith(" unchanged"))
                    // Kubernetes, too: stringData is never stored, and a list without keys is compared as written.
                    .containsExactly("secret/sec configured", "endpoints/manual configured");
        }
        kubectl.run(
                "patch pod web-1 -n shop --subresource=status -p",
                "{\"status\":{\"phase\":\"Running\",\"podIP\":\"10.1.0.5\",\"podIPs\":[{\"ip\":\"10.1.0.5\"}],"
                        + "\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}");
    }

    @Nested
    @DisplayName("get")
    class Get {
        @ParameterizedTest(name = "{0}")
        @DisplayName("shows the columns that Kubernetes has for it")
        @CsvSource(
                delimiter = '|',
                value = {
                    "svc/ext | NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE SELECTOR | ext ExternalName <none> db.example.com <none> # <none>",
                    "svc/hl | NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE SELECTOR | hl ClusterIP None <none> 80/TCP # app=web",
                    "ep/web | NAME ENDPOINTS AGE | web 10.1.0.5:8080,10.1.0.5:9000 #",
                    "endpointslice/manual-1 | NAME ADDRESSTYPE PORTS ENDPOINTS AGE | manual-1 IPv4 80 10.0.0.1 #",
                    "po/web-1 | NAME READY STATUS RESTARTS AGE IP NODE NOMINATED NODE READINESS GATES | web-1 0/1 Running 0 # 10.1.0.5 n1 <none> <none>",
                    "no/n1 | NAME STATUS ROLES AGE VERSION INTERNAL-IP EXTERNAL-IP OS-IMAGE KERNEL-VERSION CONTAINER-RUNTIME | n1 Unknown <none> # <none> <none> <unknown> <unknown> <unknown>",
                    "cm/cm | NAME DATA AGE | cm 1 #",
                    "secret/sec | NAME TYPE DATA AGE | sec Opaque 1 #",
                    "sa/sa | NAME SECRETS AGE | sa 0 #",
                    "deploy/dep | NAME READY UP-TO-DATE AVAILABLE AGE CONTAINERS IMAGES SELECTOR | dep 0/2 0 0 # c web:1 app=web",
                    "rs/rs | NAME DESIRED CURRENT READY AGE CONTAINERS IMAGES SELECTOR | rs 2 0 0 # c web:1 app=web",
                    "sts/ss | NAME READY AGE CONTAINERS IMAGES | ss 0/2 # c web:1",
                    "ds/ds | NAME DESIRED CURRENT READY UP-TO-DATE AVAILABLE NODE SELECTOR AGE CONTAINERS IMAGES SELECTOR | ds 0 0 0 0 0 <none> # c web:1 app=web",
                    "cj/cj | NAME SCHEDULE TIMEZONE SUSPEND ACTIVE LAST SCHEDULE AGE CONTAINERS IMAGES SELECTOR | cj * * * * * <none> False 0 <none> # c web:1 <none>",
                    "lease/le | NAME HOLDER AGE | le me #",
                    "ing/ing | NAME CLASS HOSTS ADDRESS PORTS AGE | ing <none> a.example.com 80 #",
                    "ingressclass/weft | NAME CONTROLLER PARAMETERS AGE | weft weft.dev/ingress <none> #",
                    "rolebinding/rb | NAME ROLE AGE USERS GROUPS SERVICEACCOUNTS | rb Role/r # u",
                    "clusterrolebinding/crb | NAME ROLE AGE USERS GROUPS SERVICEACCOUNTS | crb ClusterRole/cr # shop/sa",
                    "ns/shop | NAME STATUS AGE | shop Active #",
                    "ev/web.1 | LAST SEEN TYPE REASON OBJECT SUBOBJECT SOURCE MESSAGE FIRST SEEN COUNT NAME | <unknown> Normal Tested service/web tester a test event <unknown> 2 web.1",
                })
        void columns(String object, String header, String row) {
            assertThat(kubectl.table("get " + object + " -n shop -o wide")).isEqualTo(header + "\n" + row + "\n");
        }

        @Test
        @DisplayName("shows Services of every type, narrow, with labels, with label columns, without headers")
        void services() {
            String addressed = "127\\.96\\.\\d+\\.\\d+";
            assertThat(kubectl.table("get svc -n shop"))
                    .matches("(?s)NAME TYPE CLUSTER-IP EXTERNAL-IP PORT\\(S\\) AGE\n"
                            + "ext ExternalName <none> db.example.com <none> #\n"
                            + "hl ClusterIP None <none> 80/TCP #\n"
                            + "lb LoadBalancer " + addressed + " <pending> 80:\\d+/TCP #\n"
                            + "np NodePort " + addressed + " <none> 80:\\d+/TCP #\n"
                            + "web ClusterIP " + addressed + " <none> 80/TCP,81/TCP #\n");
            assertThat(kubectl.table("get svc web -n shop --show-labels"))
                    .endsWith(" AGE LABELS\n" + lastOf("app=web"));
            assertThat(kubectl.table("get svc web -n shop -L app"))
                    .contains(" AGE APP\n")
                    .endsWith(" # web\n");
            assertThat(kubectl.table("get svc hl -n shop --no-headers"))
                    .isEqualTo("hl ClusterIP None <none> 80/TCP #\n");
        }

        private String lastOf(String label) {
            return kubectl.table("get svc web -n shop --no-headers").replace(" #\n", " # " + label + "\n");
        }

        @Test
        @DisplayName("prints names, fields, templates, and lists as files")
        void forms() {
            assertThat(kubectl.run("get svc -n shop -o name"))
                    .isEqualTo("service/ext\nservice/hl\nservice/lb\nservice/np\nservice/web\n");
            assertThat(kubectl.run("get svc web -n shop -o jsonpath={.spec.ports[*].port}"))
                    .isEqualTo("80 81");
            assertThat(kubectl.run("get svc web -n shop -o custom-columns=N:.metadata.name,P:.spec.ports[*].port"))
                    .isEqualTo("N     P\nweb   80,81\n");
            assertThat(kubectl.run("get svc web -n shop -o", "go-template={{.metadata.name}}"))
                    .isEqualTo("web");
            assertThat(kubectl.run("get svc web -n shop -o yaml"))
                    .startsWith("apiVersion: v1\nkind: Service\n")
                    .doesNotContain("managedFields");
            assertThat(kubectl.run("get sa -n shop -o yaml"))
                    .startsWith("apiVersion: v1\nitems:\n")
                    .contains("kind: List");
            assertThat(kubectl.run("get svc web -n shop -o json")).startsWith("{\n    \"apiVersion\": \"v1\",\n");
        }

        @Test
        @DisplayName("selects by labels and by fields, sorts, pages, and spans namespaces and kinds")
        void selects() {
            assertThat(kubectl.run("get svc -n shop -o name -l", "app in (web, shop),app!=shop"))
                    .isEqualTo("service/web\n");
            assertThat(kubectl.run("get svc -n shop -o name -l", "!app")).doesNotContain("service/web\n");
            assertThat(kubectl.run("get svc -A -o name --field-selector spec.type=NodePort,metadata.namespace=shop"))
                    .isEqualTo("service/np\n");
            assertThat(kubectl.run("get pods -A -o name --field-selector spec.nodeName=n1,status.phase!=Failed"))
                    .isEqualTo("pod/web-1\n");
            assertThat(kubectl.run("get svc -n shop --sort-by=.spec.type -o name")
                            .lines())
                    .containsExactly("service/hl", "service/web", "service/ext", "service/lb", "service/np");
            assertThat(kubectl.table("get svc -n shop --sort-by=.spec.type")
                            .lines()
                            .map(line -> line.split(" ", -1)[0]))
                    .containsExactly("NAME", "hl", "web", "ext", "lb", "np");
            assertThat(kubectl.run("get svc -n shop --chunk-size=2 -o name"))
                    .isEqualTo(kubectl.run("get svc -n shop --chunk-size=0 -o name"));
            assertThat(kubectl.table("get svc,deploy -A"))
                    .contains("NAMESPACE NAME TYPE", "shop service/web ClusterIP")
                    .contains("\n\nNAMESPACE NAME READY")
                    .contains("shop deployment.apps/dep 0/2 0 0 #");
            assertThat(kubectl.run("get all -n shop -o name").lines())
                    .contains(
                            "pod/web-1",
                            "service/web",
                            "daemonset.apps/ds",
                            "deployment.apps/dep",
                            "replicaset.apps/rs",
                            "statefulset.apps/ss",
                            "job.batch/job",
                            "cronjob.batch/cj");
        }

        @Test
        @DisplayName("reads raw paths and subresources")
        void raw() {
            assertThat(kubectl.run("get --raw /readyz")).isEqualTo("ok");
            assertThat(kubectl.run("get --raw /api/v1/namespaces/shop/services/web"))
                    .startsWith("{")
                    .contains("\"kind\":\"Service\"");
            assertThat(kubectl.table("get deploy dep -n shop --subresource=scale --no-headers"))
                    .startsWith("dep 2 0 #");
            assertThat(kubectl.table("get svc hl -n shop --subresource=status --no-headers"))
                    .isEqualTo("hl ClusterIP None <none> 80/TCP #\n");
            assertThat(kubectl.fails("get --raw /nonsense"))
                    .isEqualTo("Error from server (NotFound): the server could not find the requested resource\n");
        }

        @ParameterizedTest(name = "get {0}")
        @DisplayName("says what it cannot find or understand")
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "svc nowhere -n shop | Error from server (NotFound): services \"nowhere\" not found",
                    "deploy nowhere -n shop | Error from server (NotFound): deployments.apps \"nowhere\" not found",
                    "svc,nonsense | error: the server doesn't have a resource type \"nonsense\"",
                    "svc -n nowhere | No resources found in nowhere namespace.",
                    "ev --field-selector spec.foo=x | Error from server (BadRequest): Unable to find \"/v1, Resource=events\" that match label selector \"\", field selector \"spec.foo=x\": field label not supported: spec.foo",
                    "job --field-selector spec.foo=x | Error from server (BadRequest): Unable to find \"batch/v1, Resource=jobs\" that match label selector \"\", field selector \"spec.foo=x\": field label \"spec.foo\" not supported for Job",
                    "cm --field-selector spec.foo=x | Error from server (BadRequest): Unable to find \"/v1, Resource=configmaps\" that match label selector \"\", field selector \"spec.foo=x\": \"spec.foo\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"",
                    "svc -l a=b=c | Error from server (BadRequest): Unable to find \"/v1, Resource=services\" that match label selector \"a=b=c\", field selector \"\": found '=', expected: ',' or 'end of string'",
                    "svc -l a,( | Error from server (BadRequest): Unable to find \"/v1, Resource=services\" that match label selector \"a,(\", field selector \"\": found '(', expected: identifier after ','",
                })
        void failures(String arguments, String message) {
            Kubectl.Run run = kubectl.call("", List.of(("get " + arguments).split(" ", -1)), List.of());
            assertThat(run.err()).isEqualTo(message + "\n");
        }
    }

    @Nested
    @DisplayName("describe")
    class Describe {
        @Test
        @DisplayName("tells a Service's ports, addresses, policies and endpoints")
        void service() {
            assertThat(kubectl.table("describe svc/web -n shop").replaceAll("127\\.96\\.\\d+\\.\\d+", "IP"))
                    .isEqualTo("""
                            Name: web
                            Namespace: shop
                            Labels: app=web
                            Annotations: <none>
                            Selector: app=web
                            Type: ClusterIP
                            IP Family Policy: SingleStack
                            IP Families: IPv4
                            IP: IP
                            IPs: IP
                            Port: http 80/TCP
                            TargetPort: 8080/TCP
                            Endpoints: 10.1.0.5:8080
                            Port: admin 81/TCP
                            TargetPort: adm/TCP
                            Endpoints: 10.1.0.5:9000
                            Session Affinity: None
                            Internal Traffic Policy: Cluster
                            Events: <none>
                            """);
            assertThat(kubectl.table("describe svc/np -n shop"))
                    .contains("NodePort: <unset> 3", "Session Affinity: ClientIP", "External Traffic Policy: Local");
            assertThat(kubectl.table("describe svc/ext -n shop"))
                    .contains("Type: ExternalName", "External Name: db.example.com");
        }

        @ParameterizedTest(name = "{0}")
        @DisplayName("tells what Kubernetes tells")
        @CsvSource(
                delimiter = '|',
                value = {
                    "ep/web | Addresses: 10.1.0.5 | NotReadyAddresses: <none> | http 8080 TCP",
                    "endpointslice/manual-1 | AddressType: IPv4 | <unset> 80 TCP | - Addresses: 10.0.0.1",
                    "po/web-1 | Node: n1/ | Image: web:1 | Ready True",
                    "no/n1 | Taints: <none> | Unschedulable: false | PodCIDR: 10.1.0.0/24",
                    "cm/cm | Data | ==== | a:",
                    "secret/sec | Type: Opaque | Data | p: 1 bytes",
                    "sa/sa | Image pull secrets: <none> | Mountable secrets: <none> | Tokens: <none>",
                    "deploy/dep | StrategyType: RollingUpdate | Replicas: 2 desired | 0 updated | 0 total | 0 available | 0 unavailable",
                    "rs/rs | Replicas: 0 current / 2 desired | Selector: app=web | Pods Status: 0 Running / 0 Waiting / 0 Succeeded / 0 Failed",
                    "sts/ss | Replicas: 2 desired | 0 total | Update Strategy: RollingUpdate",
                    "ds/ds | Node-Selector: <none> | Desired Number of Nodes Scheduled: 0 | Number of Nodes Misscheduled: 0",
                    "job/job | Parallelism: 1 | Completion Mode: NonIndexed | Backoff Limit: 6",
                    "cj/cj | Schedule: * * * * * | Concurrency Policy: Allow | Last Schedule Time: <unset>",
                    "lease/le | Kind: Lease | Holder Identity: me | Lease Duration Seconds: 15",
                    "ing/ing | a.example.com | / web:80 (10.1.0.5:8080) | Default backend: <default>",
                    "ingressclass/weft | Name: weft | Controller: weft.dev/ingress | Events: <none>",
                    "role/r | Resources Non-Resource URLs Resource Names Verbs | services [] [] [get] | PolicyRule:",
                    "rolebinding/rb | Kind: Role | Name: r | User u",
                    "clusterrole/cr | Name: cr | PolicyRule: | services [] [] [get]",
                    "clusterrolebinding/crb | Kind: ClusterRole | Subjects: | ServiceAccount sa shop",
                    "serviceexport/web | Name: web | API Version: multicluster.x-k8s.io/v1beta1 | Kind: ServiceExport",
                    "ns/shop | Name: shop | Labels: kubernetes.io/metadata.name=shop | Status: Active",
                })
        void kinds(String object, String first, String second, String third) {
            assertThat(kubectl.table("describe " + object + " -n shop")).contains(first, second, third);
        }

        @Test
        @DisplayName("takes many at once, by label too")
        void many() {
            assertThat(kubectl.table("describe svc,deploy -n shop -l app=web")).contains("Name: web\n", "Name: dep\n");
        }
    }

    @Nested
    @DisplayName("explain and discovery")
    class Explain {
        @ParameterizedTest(name = "explain {0}")
        @DisplayName("know the fields of every kind")
        @CsvSource({
            "service.spec.type, 'KIND: Service', 'FIELD: type <string>'",
            "svc.spec.ports, 'KIND: Service', 'targetPort <'",
            "deploy.spec.template.spec.containers --recursive, 'GROUP: apps', 'valueFrom'",
            "po.spec, 'KIND: Pod', 'containers <[]Container>'",
            "endpointslice.endpoints.conditions, 'GROUP: discovery.k8s.io', 'serving <boolean>'",
            "ing.spec.rules.http, 'KIND: Ingress', 'paths <[]HTTPIngressPath>'",
            "lease.spec.holderIdentity, 'GROUP: coordination.k8s.io', 'FIELD: holderIdentity <string>'",
            "serviceexport.spec, 'GROUP: multicluster.x-k8s.io', 'exportedLabels <map[string]string>'",
            "serviceimport.spec.ports, 'KIND: ServiceImport', 'appProtocol <string>'",
            "role.rules, 'KIND: Role', 'apiGroups <[]string>'",
            "cj.spec.jobTemplate.spec, 'GROUP: batch', 'backoffLimit <integer>'",
        })
        void explains(String path, String first, String second) {
            String text = kubectl.table("explain " + path).replace("\t", " ");
            assertThat(text).contains(first, second);
        }

        @Test
        @DisplayName("say what there is not")
        void nothing() {
            assertThat(kubectl.fails("explain svc.nonsense")).contains("error: field \"nonsense\" does not exist");
            assertThat(kubectl.fails("explain nonsense"))
                    .contains("the server doesn't have a resource type \"nonsense\"");
        }

        @Test
        @DisplayName("list resources with short names, verbs and categories, and versions")
        void resources() {
            assertThat(kubectl.table("api-resources --api-group=apps -o wide").lines())
                    .contains(
                            "NAME SHORTNAMES APIVERSION NAMESPACED KIND VERBS CATEGORIES",
                            "deployments deploy apps/v1 true Deployment"
                                    + " create,delete,deletecollection,get,list,patch,update,watch all");
            assertThat(kubectl.run("api-resources --namespaced=false --verbs=list -o name")
                            .lines())
                    .contains("namespaces", "nodes", "ingressclasses.networking.k8s.io")
                    .doesNotContain("services");
            assertThat(kubectl.run("api-versions").lines())
                    .contains("v1", "apps/v1", "batch/v1", "discovery.k8s.io/v1", "multicluster.x-k8s.io/v1beta1");
            assertThat(kubectl.run("version")).contains("Server Version: v1.32.0+weft-");
            assertThat(kubectl.run("cluster-info")).contains("Kubernetes control plane", "is running at");
        }

        @ParameterizedTest(name = "{0}")
        @DisplayName("dump and list events")
        @ValueSource(
                strings = {
                    "events -n shop",
                    "events -n shop --for svc/web",
                    "get events -n shop --field-selector reason=Tested"
                })
        void events(String command) {
            assertThat(kubectl.table(command))
                    .startsWith("LAST SEEN TYPE REASON OBJECT MESSAGE\n")
                    .containsIgnoringCase("Normal Tested Service/web a test event");
        }
    }
}
