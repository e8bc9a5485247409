package dev.weft.registry.resource;

import static dev.weft.registry.resource.Samples.NOW;
import static dev.weft.registry.resource.Samples.RANGES;
import static dev.weft.registry.resource.Samples.accepted;
import static dev.weft.registry.resource.Samples.admit;
import static dev.weft.registry.resource.Samples.json;
import static dev.weft.registry.resource.Samples.object;
import static dev.weft.registry.resource.Samples.refused;
import static dev.weft.registry.resource.Samples.update;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StandardKindsTest {
    private static final String TEMPLATE =
            "'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':{'labels':{'a':'b'}},'spec':{'containers':[{'name':'c','image':'i:1','ports':[{'name':'web','containerPort':9376}]}]}}";

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "Namespace | v1 | 'spec':{}",
                "Node | v1 | 'spec':{'podCIDR':'10.0.0.0/24'},'status':{'addresses':[{'type':'InternalIP','address':'1.2.3.4'}]}",
                "Pod | v1 | 'spec':{'containers':[{'name':'c','image':'i','env':[{'name':'A','value':'b'}],'resources':{'limits':{'cpu':'100m','memory':1}}}]}",
                "ConfigMap | v1 | 'data':{'a':'b'}",
                "Secret | v1 | 'stringData':{'a':'b'}",
                "Event | v1 | 'involvedObject':{'kind':'Pod','namespace':'default','name':'p'},'reason':'x','reportingComponent':'c','reportingInstance':'i','action':'a','eventTime':'2026-01-01T00:00:00.123456Z'",
                "Lease | coordination.k8s.io/v1 | 'spec':{'holderIdentity':'x','renewTime':'2026-01-01T00:00:00.123456Z','leaseDurationSeconds':15}",
                "ServiceAccount | v1 | 'secrets':[]",
                "Service | v1 | 'spec':{'type':'LoadBalancer','selector':{'app':'my-app'},'ports':[{'protocol':'TCP','port':80,'targetPort':9376}]}",
                "Endpoints | v1 | 'subsets':[{'addresses':[{'ip':'127.0.0.11'}],'ports':[{'port':1}]}]",
                "EndpointSlice | discovery.k8s.io/v1 | 'addressType':'IPv4','ports':[{'name':'http','protocol':'TCP','port':9376}],'endpoints':[{'addresses':['127.0.0.11'],'conditions':{'ready':true},'zone':'zone-a'}]",
                "Deployment | apps/v1 | 'spec':{'replicas':3,@}",
                "ReplicaSet | apps/v1 | 'spec':{@}",
                "StatefulSet | apps/v1 | 'spec':{'serviceName':'s',@}",
                "DaemonSet | apps/v1 | 'spec':{@}",
                "Job | batch/v1 | 'spec':{'template':{'spec':{'restartPolicy':'Never','containers':[{'name':'c','image':'i'}]}}}",
                "CronJob | batch/v1 | 'spec':{'schedule':'*/5 * * * *','jobTemplate':{'spec':{'template':{'spec':{'restartPolicy':'Never','containers':[{'name':'c','image':'i'}]}}}}}",
                "Ingress | networking.k8s.io/v1 | 'spec':{'rules':[{'host':'example.com','http':{'paths':[{'path':'/','pathType':'Prefix','backend':{'service':{'name':'my-service','port':{'number':80}}}}]}}]}",
                "IngressClass | networking.k8s.io/v1 | 'spec':{'controller':'example.com/x'}",
                "ServiceCIDR | networking.k8s.io/v1 | 'spec':{'cidrs':['10.0.0.0/24']}",
                "ServiceExport | multicluster.x-k8s.io/v1beta1 | 'spec':{'exportedLabels':{'a':'b'}}",
                "ServiceImport | multicluster.x-k8s.io/v1beta1 | 'spec':{'type':'ClusterSetIP','ports':[{'port':80,'protocol':'TCP'}],'ips':['127.112.0.1'],'sessionAffinityConfig':{'clientIP':{'timeoutSeconds':5}}}",
                "Role | rbac.authorization.k8s.io/v1 | 'rules':[{'apiGroups':[''],'resources':['pods'],'verbs':['get']}]",
                "ClusterRole | rbac.authorization.k8s.io/v1 | 'rules':[{'nonResourceURLs':['/healthz'],'verbs':['get']}]",
                "RoleBinding | rbac.authorization.k8s.io/v1 | 'roleRef':{'kind':'Role','name':'r'},'subjects':[{'kind':'User','name':'u'}]",
                "ClusterRoleBinding | rbac.authorization.k8s.io/v1 | 'roleRef':{'kind':'ClusterRole','name':'r'}"
            })
    @DisplayName(
            "every kind takes a plain object under strict validation, is stable under update, and fills its columns")
    void everyKind(String kind, String apiVersion, String rest) {
        ObjectNode object = accepted(admit(
                RANGES,
                "{'apiVersion':'" + apiVersion + "','kind':'" + kind + "','metadata':{'name':'x1'},"
                        + rest.replace("@", TEMPLATE) + "}"));
        KindCatalog kinds = StandardKinds.catalog(RANGES);
        ResourceKind declared = kinds.find(Samples.key(kinds, object).type());
        assertThat(declared).isNotNull();

        Admission.Admitted.Accepted again = (Admission.Admitted.Accepted) update(RANGES, object, object.deepCopy(), "");

        assertThat(again.changed()).isFalse();
        assertThat(Schema.of(declared).check(object).unknown()).isEmpty();
        assertThat(declared.columns())
                .allSatisfy(column ->
                        assertThat(column.cell().of(object, NOW)).isInstanceOfAny(String.class, Integer.class));
    }

    private static String row(ResourceKind kind, JsonNode object) {
        return kind.columns().stream()
                .map(column -> String.valueOf(column.cell().of(object, NOW.plusSeconds(200))))
                .collect(Collectors.joining(" | "));
    }

    @Test
    @DisplayName("a Service is shown as kubectl shows it")
    void serviceColumns() {
        ResourceKind services = StandardKinds.catalog(RANGES).find("", "v1", "services");
        assertThat(services).isNotNull();
        JsonNode balancer = json(
                "{'metadata':{'name':'web','creationTimestamp':'2026-01-02T03:04:05Z'},'spec':{'type':'LoadBalancer','clusterIP':'10.0.0.1','selector':{'b':'2','a':'1'},"
                        + "'ports':[{'port':80,'nodePort':30080,'protocol':'TCP'},{'port':53,'protocol':'UDP'}]}}");
        JsonNode external = json(
                "{'metadata':{'name':'db','creationTimestamp':'2026-01-02T03:04:05Z'},'spec':{'type':'ExternalName','externalName':'db.example.com'}}");

        assertThat(services.columns())
                .extracting(Column::name)
                .containsExactly("Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age", "Selector");
        assertThat(row(services, balancer))
                .isEqualTo("web | LoadBalancer | 10.0.0.1 | <pending> | 80:30080/TCP,53/UDP | 3m20s | a=1,b=2");
        assertThat(row(services, external))
                .isEqualTo("db | ExternalName | <none> | db.example.com | <none> | 3m20s | <none>");
    }

    @ParameterizedTest
    @CsvSource({
        "0,0s",
        "119,119s",
        "120,2m",
        "200,3m20s",
        "599,9m59s",
        "600,10m",
        "10799,179m",
        "10800,3h",
        "12345,3h25m",
        "28800,8h",
        "172799,47h",
        "172800,2d",
        "200000,2d7h",
        "691200,8d",
        "62985600,729d",
        "63072000,2y",
        "94608000,3y",
        "95000000,3y4d",
        "252288000,8y",
        "-1,0s",
        "-5,<invalid>"
    })
    @DisplayName("ages have the figures of Kubernetes' HumanDuration")
    void ages(long seconds, String shown) {
        assertThat(HumanDuration.of(Duration.ofSeconds(seconds))).isEqualTo(shown);
    }

    @Test
    @DisplayName("the service kinds have the names that kubectl accepts")
    void names() {
        KindCatalog kinds = StandardKinds.catalog(RANGES);
        ResourceKind export = kinds.find("multicluster.x-k8s.io", "v1alpha1", "serviceexports");
        assertThat(export).isNotNull();
        assertThat(export.shortNames()).containsExactly("svcex", "svcexport");
        assertThat(export.apiVersion()).isEqualTo("multicluster.x-k8s.io/v1beta1");
        assertThat(kinds.all())
                .filteredOn(kind -> kind.categories().contains("all"))
                .extracting(kind -> kind.type().plural())
                .containsExactlyInAnyOrder(
                        "pods",
                        "services",
                        "deployments",
                        "replicasets",
                        "statefulsets",
                        "daemonsets",
                        "jobs",
                        "cronjobs");
    }

    @Test
    @DisplayName("EPS-4: loopback endpoints are taken exactly where the cluster's own ranges are in loopback")
    void loopback() {
        String slice =
                "{'apiVersion':'discovery.k8s.io/v1','kind':'EndpointSlice','metadata':{'name':'s'},'addressType':'IPv4','endpoints':[{'addresses':['127.0.0.11']}]}";

        assertThat(accepted(admit(RANGES, slice)).has("endpoints")).isTrue();
        assertThat(refused(admit(Samples.DUAL, slice)).message())
                .contains("endpoints[0].addresses[0]: Invalid value: \"127.0.0.11\": may not be in the loopback range");
    }

    @Test
    @DisplayName("a Pod's podIPs follow its podIP, and most of its spec cannot change")
    void pods() {
        ObjectNode pod = accepted(admit(RANGES, Samples.POD));
        ObjectNode first = object("{'metadata':{},'status':{'phase':'Running','podIP':'127.0.0.11'}}");
        ObjectNode running = accepted(update(RANGES, pod, first, "status"));
        ObjectNode moved = running.deepCopy();
        moved.withObject("/status").put("podIP", "127.0.0.12");
        ObjectNode image = running.deepCopy();
        ((ObjectNode) image.at("/spec/containers/0")).put("image", "nginx:2");
        ObjectNode renamed = running.deepCopy();
        ((ObjectNode) renamed.at("/spec/containers/0")).put("name", "other");

        assertThat(running.at("/status/podIPs")).isEqualTo(json("[{'ip':'127.0.0.11'}]"));
        assertThat(accepted(update(RANGES, running, moved, "status"))
                        .at("/status/podIPs/0/ip")
                        .asText())
                .isEqualTo("127.0.0.12");
        assertThat(accepted(update(RANGES, running, image, ""))
                        .at("/spec/containers/0/image")
                        .asText())
                .isEqualTo("nginx:2");
        assertThat(refused(update(RANGES, running, renamed, "")).message())
                .contains("spec: Forbidden: pod updates may not change fields other than");
    }

    @Test
    @DisplayName("doubled names are found in any depth, and not across siblings")
    void duplicates() {
        byte[] text = "{\"a\":[{\"b\":1,\"b\":2},{\"b\":3}],\"c\":{\"d\":{}},\"c\":1}"
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);

        assertThat(DuplicateFields.find(text))
                .isEqualTo(List.of("duplicate field \"a[0].b\"", "duplicate field \"c\""));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1,10.0.0.1",
        "::1,::1",
        "2001:DB8:0:0:1:0:0:1,2001:db8::1:0:0:1",
        "::ffff:1.2.3.4,::ffff:102:304",
        "1::,1::",
        "0:0:0:0:0:0:0:0,::"
    })
    @DisplayName("addresses have one text each")
    void addresses(String text, String canonical) {
        assertThat(IpAddress.parse(text)).hasToString("Optional[" + canonical + "]");
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0",
        "10.0.0.256",
        "010.0.0.1",
        "1.2.3.4.5",
        "1::2::3",
        ":1",
        "1:2:3:4:5:6:7:8:9",
        "g::",
        "fe80::1%eth0"
    })
    @DisplayName("what is no address is none")
    void noAddresses(String text) {
        assertThat(IpAddress.parse(text)).isEmpty();
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'cpu':'2' | 'cpu':'1' | spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1",
                "'memory':'1Gi' | 'memory':'1G' | spec.containers[0].resources.requests: Invalid value: \"1Gi\": must be less than or equal to memory limit of 1G",
                "'example.com/gpu':'1' | 'example.com/gpu':'2' | spec.containers[0].resources.requests: Invalid value: \"1\": must be equal to example.com/gpu limit of 2",
                "'cpu':'-1' | 'cpu':'1' | spec.containers[0].resources.requests[cpu]: Invalid value: \"-1\": must be greater than or equal to 0"
            })
    @DisplayName("a container asks for no more than it may have")
    void resources(String requests, String limits, String fault) {
        assertThat(refused(admit(RANGES, pod("{'requests':{" + requests + "},'limits':{" + limits + "}}")))
                        .message())
                .isEqualTo("Pod \"p1\" is invalid: " + fault);
    }

    @Test
    @DisplayName("a container that says only what it may have asks for that")
    void limitsAreRequests() {
        ObjectNode whole =
                accepted(admit(RANGES, pod("{'limits':{'cpu':'1000m','memory':'1Gi'},'requests':{'cpu':1}}")));
        assertThat(whole.at("/spec/containers/0/resources/requests/memory").asText())
                .isEqualTo("1Gi");
        assertThat(whole.at("/status/qosClass").asText()).isEqualTo("Guaranteed");
    }

    private static String pod(String resources) {
        return "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p1'},'spec':{'containers':[{'name':'c','image':'i','resources':"
                + resources + "}]}}";
    }
}
