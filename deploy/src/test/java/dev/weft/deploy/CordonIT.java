package dev.weft.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.deploy.backend.Backend;
import dev.weft.deploy.client.HttpCall;
import dev.weft.deploy.testbed.TestBed;
import dev.weft.deploy.testbed.TestServer;
import dev.weft.gossip.HostPort;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("Where traffic goes, as operators want it,")
class CordonIT {
    private static final String SLICES = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";
    private static final String SERVICES = "/api/v1/namespaces/default/services";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @RegisterExtension
    final TestBed bed = new TestBed();

    private final TestServer east = bed.server("east");

    @Test
    @DisplayName("is away from a cordoned cluster, from a weight of 0, near by preference, and where else nothing is")
    void cordoned() throws Exception {
        east.start();
        Backend here = bed.backend("here", 9376);
        Backend there = bed.backend("there", 9376);
        JsonNode service = json("{'metadata':{'name':'shop'},'spec':{'ports':[{'port':80,'targetPort':9376}]}}");
        String ip = east.api()
                .accepted("POST", east.api().create(SERVICES, service))
                .json()
                .at("/spec/clusterIP")
                .asText();
        HostPort shop = new HostPort(ip, 80);
        slice("shop-here", "", here);
        slice("shop-there", ",'multicluster.kubernetes.io/source-cluster':'west'", there);
        awaitAnsweredBy(shop, Set.of("here", "there"));

        assertThat(weft("cordon", "west")).isEqualTo("cordoned: west");
        awaitAnsweredBy(shop, Set.of("here"));
        assertThat(weft("cordon", "east")).isEqualTo("cordoned: east, west");
        awaitAnsweredBy(shop, Set.of("here", "there"));
        assertThat(weft("cordon", "west", "--undo")).isEqualTo("cordoned: east");
        awaitAnsweredBy(shop, Set.of("there"));
        assertThat(weft("cordon", "--undo", "east")).isEqualTo("no cluster is cordoned");
        awaitAnsweredBy(shop, Set.of("here", "there"));

        annotate("'cluster-weights':'east=0'");
        awaitAnsweredBy(shop, Set.of("there"));
        annotate("'cluster-weights':null,'mesh.weft.dev/locality':'cluster'");
        awaitAnsweredBy(shop, Set.of("here"));
        assertThat(weft("top", "--once")).contains("open connections, 1 services", "SERVICE", "default/shop");
        assertThat(weft("top", "--once", "--endpoints"))
                .contains("default/shop " + here.address(), "default/shop west/" + there.address());
    }

    @Test
    @DisplayName("stays as it is when a cluster is to be cordoned that nobody knows, unless ahead of its joining")
    void strangers() {
        east.start();
        assertThat(refused("cordon", "wset", "east"))
                .contains("the mesh knows no cluster wset; nothing was changed. It knows east; ", "--ahead");
        assertThat(east.api().get(CordonCommand.RULES).status()).isEqualTo(404);
        assertThat(weft("cordon")).isEqualTo("no cluster is cordoned");

        assertThat(weft("cordon", "north", "--ahead")).isEqualTo("cordoned: north");
        assertThat(refused("cordon", "nort", "--undo")).contains("the mesh knows no cluster nort; nothing was changed");
        assertThat(weft("cordon", "north", "--undo")).isEqualTo("no cluster is cordoned");
    }

    private void annotate(String annotations) throws Exception {
        JsonNode patch = json(
                "{'metadata':{'annotations':{" + annotations.replace("'cluster-", "'mesh.weft.dev/cluster-") + "}}}");
        east.api().accepted("PATCH", east.api().mergePatch(SERVICES + "/shop", patch));
    }

    private void slice(String name, String label, Backend backend) throws Exception {
        JsonNode slice = json("{'metadata':{'name':'" + name + "','labels':{'kubernetes.io/service-name':'shop'" + label
                + "}},'addressType':'IPv4','ports':[{'name':'','port':9376,'protocol':'TCP'}],'endpoints':[{'addresses':['"
                + backend.address().host() + "']}]}");
        east.api().accepted("POST", east.api().create(SLICES, slice));
    }

    private String weft(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        assertThat(run(out, err, arguments)).as("%s", err).isZero();
        return out.toString().strip();
    }

    /** What it says when it fails. */
    private String refused(String... arguments) {
        StringWriter err = new StringWriter();
        assertThat(run(new StringWriter(), err, arguments)).isEqualTo(1);
        return err.toString();
    }

    private int run(StringWriter out, StringWriter err, String... arguments) {
        String[] all = new String[arguments.length + 2];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "--api";
        all[arguments.length + 1] = east.apiUrl().toString();
        return WeftCommand.run(new PrintWriter(out), new PrintWriter(err), all);
    }

    private static JsonNode json(String text) throws Exception {
        return new ObjectMapper().readTree(text.replace('\'', '"'));
    }

    private static void awaitAnsweredBy(HostPort address, Set<String> names) {
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
            Set<String> answered = new TreeSet<>();
            for (int i = 0; i < 10; i++) {
                answered.add(HttpCall.get(address, "/", Duration.ofSeconds(5)));
            }
            assertThat(answered).isEqualTo(names);
        });
    }
}
