package dev.weft.registry.resource;

import static dev.weft.registry.resource.Samples.SERVICE;
import static dev.weft.registry.resource.Samples.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** API-6, as Kubernetes' documentation of server-side apply tells it. */
@DisplayName("A server-side apply")
class ServerSideApplyTest {
    private static final String WEB = "{'apiVersion':'v1','kind':'Service','metadata':{'name':'web'%s},'spec':{%s}}";
    private static final String PORT = "'ports':[{'port':80,'targetPort':%s}]";
    private static final String DEPLOYMENT =
            "{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'d'},'spec':{%s'selector':{'matchLabels':{'a':'b'}},"
                    + "'template':{'metadata':{'labels':{'a':'b'}},'spec':{'containers':[{'name':'c','image':'i:1'}%s]}}}}";

    private static String web(String metadata, String spec) {
        return WEB.formatted(metadata, spec);
    }

    private static String web(int targetPort) {
        return web("", PORT.formatted(targetPort));
    }

    @Nested
    @DisplayName("of an object that nobody else writes")
    class Alone {
        @Test
        @DisplayName("makes it, and owns what the configuration says, not what was defaulted")
        void creates() {
            Appliers web = new Appliers().apply("kubectl", web(",'labels':{'a':'b'}", PORT.formatted(8080)));

            assertThat(web.object().at("/spec/type").asText()).isEqualTo("ClusterIP");
            assertThat(web.object().at("/metadata/uid").asText()).isEqualTo("uid-1");
            assertThat(web.entry("kubectl"))
                    .isEqualTo(json(
                            "{'manager':'kubectl','operation':'Apply','apiVersion':'v1','time':'2026-01-02T03:04:05Z',"
                                    + "'fieldsType':'FieldsV1','fieldsV1':{'f:metadata':{'f:labels':{'f:a':{}}},"
                                    + "'f:spec':{'f:ports':{'k:{\\'port\\':80,\\'protocol\\':\\'TCP\\'}':"
                                    + "{'.':{},'f:port':{},'f:targetPort':{}}}}}}"));
        }

        @Test
        @DisplayName("changes nothing the second time, not even a time")
        void idempotent() {
            Appliers web = new Appliers().apply("kubectl", web(8080));
            ObjectNode before = web.object();

            web.apply("kubectl", web(8080));

            assertThat(web.changed()).isFalse();
            assertThat(web.object()).isEqualTo(before);
        }

        @Test
        @DisplayName("takes away what it had before and does not mention any more, with all that was defaulted in it")
        void removes() {
            Appliers web = new Appliers()
                    .apply(
                            "kubectl",
                            web(
                                    ",'labels':{'a':'b','c':'d'}",
                                    "'type':'NodePort','ports':[{'name':'a','port':80},{'name':'b','port':81}]"));

            web.apply("kubectl", web(",'labels':{'c':'d'}", "'ports':[{'name':'b','port':81}]"));

            assertThat(web.object().at("/metadata/labels")).isEqualTo(json("{'c':'d'}"));
            assertThat(web.object().at("/spec/type").asText()).isEqualTo("ClusterIP");
            assertThat(web.object().at("/spec/ports"))
                    .isEqualTo(json("[{'name':'b','port':81,'protocol':'TCP','targetPort':81}]"));
        }

        @Test
        @DisplayName("leaves no owners behind where nothing is owned")
        void nothing() {
            String bare = "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'bare'}%s}";
            Appliers map = new Appliers().apply("kubectl", bare.formatted(""));
            assertThat(map.object().at("/metadata").has("managedFields")).isFalse();

            map.apply("kubectl", bare.formatted(",'data':{'a':'1'}")).apply("kubectl", bare.formatted(""));
            assertThat(map.object().has("data")).isFalse();
            assertThat(map.object().at("/metadata").has("managedFields")).isFalse();
        }

        @Test
        @DisplayName("keeps what was allocated for it")
        void allocated() {
            Appliers web = new Appliers().apply("kubectl", web(8080));
            ObjectNode filled = web.object();
            filled.withObject("/spec")
                    .put("clusterIP", "127.96.0.9")
                    .putArray("clusterIPs")
                    .add("127.96.0.9");
            web.put("allocator", filled).apply("kubectl", web(9090));

            assertThat(web.object().at("/spec/clusterIP").asText()).isEqualTo("127.96.0.9");
        }
    }

    @Nested
    @DisplayName("of an object that others write too")
    class Shared {
        @Test
        @DisplayName("fails over a value that another applier set, and names him and the field")
        void conflicts() {
            Appliers web = new Appliers().apply("kubectl", web(8080));

            Refusal refusal = web.refused("other", web(9090));

            assertThat(refusal.reason()).isEqualTo(Refusal.Reason.Conflict);
            assertThat(refusal.message())
                    .isEqualTo("Apply failed with 1 conflict: conflict with \"kubectl\":"
                            + " .spec.ports[port=80,protocol=\"TCP\"].targetPort");
            assertThat(refusal.key()).isNull();
            assertThat(refusal.causes())
                    .containsExactly(new FieldError(
                            ".spec.ports[port=80,protocol=\"TCP\"].targetPort",
                            FieldError.Reason.FieldManagerConflict,
                            "conflict with \"kubectl\""));
        }

        @Test
        @DisplayName("lists several conflicts by manager")
        void severalConflicts() {
            Appliers web = new Appliers().apply("one", web(",'labels':{'a':'b'}", PORT.formatted(8080)));
            web.merge("kubectl-edit", "", "{'spec':{'sessionAffinity':'ClientIP'}}");

            assertThat(web.refused("two", web(",'labels':{'a':'x'}", "'sessionAffinity':'None'," + PORT.formatted(1)))
                            .message())
                    .isEqualTo("Apply failed with 3 conflicts: conflicts with \"kubectl-edit\" using v1:\n"
                            + "- .spec.sessionAffinity\nconflicts with \"one\":\n- .metadata.labels.a\n"
                            + "- .spec.ports[port=80,protocol=\"TCP\"].targetPort");
        }

        @Test
        @DisplayName("takes over by force, so that the other one has it no more")
        void forces() {
            Appliers web = new Appliers().apply("kubectl", web(8080)).force("other", web(9090));

            assertThat(web.object().at("/spec/ports/0/targetPort").asInt()).isEqualTo(9090);
            assertThat(web.fields("kubectl").toString()).doesNotContain("targetPort");
            assertThat(web.fields("other").toString()).contains("f:targetPort");
        }

        @Test
        @DisplayName("shares what both say alike, and takes it away only when the last of them lets it go")
        void shares() {
            String both = web(",'labels':{'a':'b'}", PORT.formatted(8080));
            Appliers web = new Appliers().apply("one", both).apply("two", both);
            assertThat(web.fields("one")).isEqualTo(web.fields("two"));

            web.apply("one", web(8080));
            assertThat(web.object().at("/metadata/labels/a").asText()).isEqualTo("b");
            web.apply("two", web(8080));
            assertThat(web.object().at("/metadata").has("labels")).isFalse();
        }

        @Test
        @DisplayName("lays its elements of a list between those of others, and keeps theirs")
        void mergesLists() {
            Appliers web = new Appliers()
                    .apply("one", web("", "'ports':[{'name':'a','port':80},{'name':'c','port':82}]"))
                    .apply("two", web("", "'ports':[{'name':'b','port':81},{'name':'c','port':82}]"));

            assertThat(web.object().at("/spec/ports").findValuesAsText("name")).containsExactly("a", "b", "c");
            web.apply("two", web("", "'ports':[{'name':'c','port':82}]"));
            assertThat(web.object().at("/spec/ports").findValuesAsText("name")).containsExactly("a", "c");
        }

        @Test
        @DisplayName("owns an atomic map as a whole: a selector has one owner")
        void atomic() {
            Appliers web = new Appliers().apply("one", web("", "'selector':{'a':'b'}," + PORT.formatted(80)));

            assertThat(web.refused("two", web("", "'selector':{'c':'d'}," + PORT.formatted(80)))
                            .message())
                    .endsWith("conflict with \"one\": .spec.selector");
        }

        @Test
        @DisplayName("an update takes what it changes, from appliers as well, and never fails over it")
        void updates() {
            Appliers web = new Appliers()
                    .apply("kubectl", web(8080))
                    .merge("kubectl-patch", "", "{'spec':{'ports':[{'port':80,'targetPort':9090}]}}");

            assertThat(web.fields("kubectl").toString()).doesNotContain("f:targetPort");
            assertThat(web.entry("kubectl-patch"))
                    .isEqualTo(json(
                            "{'manager':'kubectl-patch','operation':'Update','apiVersion':'v1','time':'2026-01-02T03:04:07Z',"
                                    + "'fieldsType':'FieldsV1','fieldsV1':{'f:spec':{'f:ports':{'k:{\\'port\\':80,\\'protocol\\':\\'TCP\\'}':"
                                    + "{'f:targetPort':{}}}}}}"));
            assertThat(web.refused("kubectl", web(8080)).message())
                    .contains("conflict with \"kubectl-patch\" using v1: .spec.ports");
        }

        @Test
        @DisplayName(
                "the status belongs to who writes it through the subresource, and an apply of the object leaves it")
        void status() {
            String pod =
                    "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p1'%s},'spec':{'containers':[{'name':'c','image':'nginx'}]}%s}";
            String ready = "'status':{'conditions':[{'type':'Ready','status':'%s'}]}}";
            Appliers pods = new Appliers().apply("kubectl", pod.formatted("", ""));
            pods.merge("kubelet", "status", "{" + ready.formatted("True"));

            assertThat(pods.entry("kubelet").path("subresource").asText()).isEqualTo("status");
            assertThat(pods.fields("kubelet"))
                    .isEqualTo(
                            json(
                                    "{'f:status':{'f:conditions':{'.':{},'k:{\\'type\\':\\'Ready\\'}':{'.':{},'f:status':{},'f:type':{}}}}}"));
            pods.apply(
                    "kubectl", pod.formatted("", "," + ready.formatted("False").replaceAll("}$", "")));
            assertThat(pods.object().at("/status/conditions/0/status").asText()).isEqualTo("True");
            assertThat(pods.refusedStatus(
                                    "me",
                                    "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p1'},"
                                            + ready.formatted("False"))
                            .message())
                    .contains("conflict with \"kubelet\" with subresource \"status\" using v1: .status.conditions");
        }

        @Test
        @DisplayName("a Scale is the workload's replicas, whoever owns them")
        void scale() {
            Appliers dep = new Appliers().apply("kubectl", DEPLOYMENT.formatted("'replicas':2,", ""));
            String scale =
                    "{'apiVersion':'autoscaling/v1','kind':'Scale','metadata':{'name':'d'},'spec':{'replicas':%d}}";

            dep.merge("autoscaler", "scale", "{'spec':{'replicas':5}}");

            assertThat(dep.entry("autoscaler").path("subresource").asText()).isEqualTo("scale");
            assertThat(dep.fields("autoscaler")).isEqualTo(json("{'f:spec':{'f:replicas':{}}}"));
            dep.apply("kubectl", DEPLOYMENT.formatted("", ""));
            assertThat(dep.object().at("/spec/replicas").asInt()).isEqualTo(5);
            dep.applyScale("me", scale.formatted(5));
            assertThat(dep.fields("me")).isEqualTo(json("{'f:spec':{'f:replicas':{}}}"));
        }
    }

    @Nested
    @DisplayName("of an object that was made in another way")
    class Late {
        @Test
        @DisplayName("finds it owned by before-first-apply; without an apply nobody is asked")
        void beforeFirstApply() {
            Appliers web = new Appliers(SERVICE).merge("someone", "", "{'metadata':{'labels':{'a':'b'}}}");
            assertThat(web.object().at("/metadata").has("managedFields")).isFalse();

            assertThat(web.refused("me", web(8080)).message())
                    .contains("conflict with \"before-first-apply\" using v1: .spec.ports");
            web.apply("me", web(",'labels':{'c':'d'}", "'ports':[{'port':80}]"));

            assertThat(web.fields("before-first-apply").toString()).contains("f:targetPort", "f:selector", "f:type");
            assertThat(web.fields("before-first-apply").toString()).doesNotContain("f:status", "f:uid");
            assertThat(web.fields("me"))
                    .isEqualTo(json("{'f:metadata':{'f:labels':{'f:c':{}}},'f:spec':{'f:ports':"
                            + "{'k:{\\'port\\':80,\\'protocol\\':\\'TCP\\'}':{'.':{},'f:port':{}}}}}"));
        }

        @Test
        @DisplayName("by kubectl takes what kubectl's client-side apply left, unless somebody changed it since")
        void fromClientSide() {
            String applied = web("", PORT.formatted(8080)).replace("'", "\\'");
            String annotated = web(
                    ",'annotations':{'kubectl.kubernetes.io/last-applied-configuration':'" + applied + "'}",
                    PORT.formatted(8080));
            Appliers web = new Appliers(annotated);

            assertThat(web.refused("me", web(9090)).causes()).hasSize(1);
            web.apply("kubectl", web(9090));

            assertThat(web.object().at("/spec/ports/0/targetPort").asInt()).isEqualTo(9090);
            assertThat(web.object()
                            .at("/metadata/annotations")
                            .elements()
                            .next()
                            .asText())
                    .isEqualTo(web(9090).replace("'", "\"") + "\n");
        }

        @Test
        @DisplayName("by kubectl fails over what was changed since kubectl's client-side apply")
        void changedSince() {
            String applied = web("", PORT.formatted(7070)).replace("'", "\\'");
            Appliers web = new Appliers(web(
                    ",'annotations':{'kubectl.kubernetes.io/last-applied-configuration':'" + applied + "'}",
                    PORT.formatted(8080)));

            assertThat(web.refused("kubectl", web(9090)).causes()).hasSize(1);
        }
    }

    @Nested
    @DisplayName("of which the owners are sent along")
    class Sent {
        @Test
        @DisplayName("a PUT without them keeps them, one with a single empty entry makes everyone forget")
        void resets() {
            Appliers web = new Appliers().apply("kubectl", web(8080));
            JsonNode owners = web.object().at("/metadata/managedFields");
            ObjectNode without = web.object();
            without.withObject("/metadata").remove("managedFields");

            assertThat(web.put("me", without).object().at("/metadata/managedFields"))
                    .isEqualTo(owners);
            assertThat(web.changed()).isFalse();
            assertThat(web.merge("me", "", "{'metadata':{'managedFields':[]}}")
                            .object()
                            .at("/metadata/managedFields"))
                    .isEqualTo(owners);
            web.merge("me", "", "{'metadata':{'managedFields':[{}]}}");
            assertThat(web.object().at("/metadata").has("managedFields")).isFalse();
        }

        @Test
        @DisplayName("a writer of the whole object may say whose its fields are, and nonsense counts for nothing")
        void says() {
            Appliers web = new Appliers().apply("kubectl", web(8080));
            ObjectNode next = web.object();
            ((ObjectNode) next.at("/metadata/managedFields/0")).put("manager", "heir");

            web.put("me", next);
            assertThat(web.entry("kubectl").isMissingNode()).isTrue();
            assertThat(web.entry("heir").path("operation").asText()).isEqualTo("Apply");
            ((ObjectNode) next.at("/metadata/managedFields/0")).put("operation", "Steal");
            web.put("me", next);
            assertThat(web.entry("heir").isMissingNode()).isFalse();
        }

        @Test
        @DisplayName("a configuration may not name them, and must say what it is")
        void demands() {
            Appliers web = new Appliers().apply("kubectl", web(8080));

            assertThat(web.refused("me", web(",'managedFields':[]", "")).message())
                    .isEqualTo("metadata.managedFields must be nil");
            assertThat(web.refused("me", "{'metadata':{'name':'web'}}").message())
                    .isEqualTo("invalid object type: /, Kind=, should be: /v1, Kind=Service");
            assertThat(web.refused("me", web("", "'prots':1,'ports':[{'prot':1,'port':80}]"))
                            .message())
                    .isEqualTo("failed to create typed patch object (default/web; /v1, Kind=Service): errors:\n"
                            + "  .spec.prots: field not declared in schema\n"
                            + "  .spec.ports[0].prot: field not declared in schema");
            assertThat(web.refused("me", web("", "'ports':[{'port':80},{'port':80,'protocol':'TCP'}]"))
                            .message())
                    .endsWith(".spec.ports: duplicate entries for key [port=80,protocol=\"TCP\"]");
            assertThat(web.refused("me", web("", "'ports':[{'name':'x'}]")).message())
                    .endsWith(".spec.ports: element 0: associative list with keys has an element that omits key field"
                            + " \"port\" (and doesn't have default value)");
            assertThat(web.refused("me", web(",'resourceVersion':'4'", PORT.formatted(8080)))
                            .reason())
                    .isEqualTo(Refusal.Reason.Conflict);
            assertThat(web.refused("me", web(",'uid':'other'", PORT.formatted(8080)))
                            .reason())
                    .isEqualTo(Refusal.Reason.Conflict);
            assertThat(new Appliers()
                            .refused("me", web(",'uid':'other'", PORT.formatted(8080)))
                            .message())
                    .contains(
                            "uid mismatch: the provided object specified uid other, and no existing object was found");
        }

        @Test
        @DisplayName("at most ten updaters are told apart; the oldest are ancient changes")
        void capped() {
            Appliers web = new Appliers().apply("kubectl", web(8080));
            for (int i = 0; i < 12; i++) {
                web.merge("m" + i, "", "{'metadata':{'labels':{'l" + i + "':'x'}}}");
            }

            assertThat(web.object().at("/metadata/managedFields")).hasSize(11);
            assertThat(web.fields("ancient-changes").toString()).contains("f:l0", "f:l1", "f:l2");
            assertThat(web.entry("m2").isMissingNode()).isTrue();
            assertThat(web.entry("m11").isMissingNode()).isFalse();
        }
    }
}
