package dev.weft.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.api.TestServer.Reply;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@DisplayName("Events of the core group and of events.k8s.io")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EventsOfBothGroupsIT {
    private static final String CORE = "/api/v1/namespaces/default/events";
    private static final String NEW = "/apis/events.k8s.io/v1/namespaces/default/events";
    private static final String SOUND = """
            {"apiVersion":"events.k8s.io/v1","kind":"Event","metadata":{"name":"%s"},
             "eventTime":"2026-01-01T00:00:00.000001Z","type":"Warning","reason":"Late","action":"Wait","note":"too late",
             "reportingController":"example.com/clock","reportingInstance":"clock-1",
             "regarding":{"kind":"Pod","namespace":"default","name":"p"}}""";

    private TestServer server;

    @BeforeAll
    void start() {
        server = new TestServer();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    @DisplayName("are the same objects, each in the names of its group")
    void same() {
        Reply made = server.post(NEW, SOUND.formatted("one"));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        assertThat(made.at("/apiVersion")).isEqualTo("events.k8s.io/v1");
        assertThat(made.at("/note")).isEqualTo("too late");

        Reply core = server.get(CORE + "/one");
        assertThat(core.at("/apiVersion")).isEqualTo("v1");
        assertThat(core.at("/message")).isEqualTo("too late");
        assertThat(core.at("/involvedObject/name")).isEqualTo("p");
        assertThat(core.at("/reportingComponent")).isEqualTo("example.com/clock");
        assertThat(core.json().has("note")).isFalse();
        assertThat(server.get(NEW + "/one").json()).isEqualTo(made.json());
        assertThat(server.get(NEW).at("/kind")).isEqualTo("EventList");
        String table = "application/json;as=Table;v=v1;g=meta.k8s.io";
        assertThat(server.get(NEW + "/one", table).json().at("/rows/0/cells").toString())
                .isEqualTo(server.get(CORE + "/one", table)
                        .json()
                        .at("/rows/0/cells")
                        .toString())
                .contains("pod/p", "too late");
        assertThat(server.get(NEW + "?fieldSelector=regarding.name=p").json().at("/items"))
                .isNotEmpty();
        assertThat(server.get(NEW + "?fieldSelector=regarding.name=q").json().at("/items"))
                .isEmpty();
        assertThat(server.get(NEW + "?watch=true&timeoutSeconds=1").text())
                .contains("\"apiVersion\":\"events.k8s.io/v1\"", "\"note\":\"too late\"");
    }

    @Test
    @DisplayName("are changed by each of the patches, in the names of the group that the client speaks")
    void patched() {
        server.post(NEW, SOUND.formatted("two"));
        String series =
                "{\"series\":{\"count\":2,\"lastObservedTime\":\"2026-01-01T00:00:01.000000Z\"},\"note\":\"too late\"}";
        Reply strategic = server.patch(NEW + "/two", "application/strategic-merge-patch+json", series);
        assertThat(strategic.status()).as(strategic.text()).isEqualTo(200);
        assertThat(server.get(CORE + "/two").at("/series/count")).isEqualTo("2");
        String operations = "[{\"op\":\"replace\",\"path\":\"/series/count\",\"value\":3},"
                + "{\"op\":\"test\",\"path\":\"/regarding/kind\",\"value\":\"Pod\"}]";
        Reply json = server.patch(NEW + "/two", "application/json-patch+json", operations);
        assertThat(json.status()).as(json.text()).isEqualTo(200);
        assertThat(json.at("/series/count")).isEqualTo("3");
        Reply put = server.put(NEW + "/two", json.text().replace("\"count\":3", "\"count\":4"));
        assertThat(put.at("/series/count")).as(put.text()).isEqualTo("4");
        assertThat(server.delete(CORE + "/two", "").status()).isEqualTo(200);
        assertThat(server.get(NEW + "/two").status()).isEqualTo(404);
    }

    @Test
    @DisplayName("say the same for ever in the new group, whatever the patch; the core group is lenient")
    void lasting() {
        Reply made = server.post(NEW, SOUND.formatted("six"));
        for (String patch : new String[] {
            "{\"note\":\"changed\"}", "{\"regarding\":{\"name\":\"q\"}}", "{\"type\":\"Normal\"}", "{\"action\":null}"
        }) {
            Reply refused = server.patch(NEW + "/six", "application/merge-patch+json", patch);
            assertThat(refused.status()).as(refused.text()).isEqualTo(422);
        }
        assertThat(server.patch(NEW + "/six", "application/merge-patch+json", "{\"note\":\"changed\"}")
                        .at("/message"))
                .isEqualTo(
                        "Event.events.k8s.io \"six\" is invalid: message: Invalid value: \"changed\": field is immutable");
        assertThat(server.put(NEW + "/six", made.text().replace("Late", "Later"))
                        .status())
                .isEqualTo(422);
        assertThat(server.get(NEW + "/six").json()).isEqualTo(made.json());
        assertThat(server.patch(CORE + "/six", "application/merge-patch+json", "{\"message\":\"changed\"}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    @DisplayName("must say in the new group when, by whom and why; in the core group old ones go on without")
    void validated() {
        Reply bare = server.post(
                NEW,
                "{\"metadata\":{\"name\":\"three\"},\"regarding\":{\"namespace\":\"default\"},\"deprecatedCount\":3}");
        assertThat(bare.status()).isEqualTo(422);
        assertThat(bare.json().at("/details/causes").findValuesAsText("field"))
                .containsExactlyInAnyOrder("eventTime", "type", "count");
        Reply silent =
                server.post(NEW, SOUND.formatted("four").replace("Late", "").replace("Wait", ""));
        assertThat(silent.json().at("/details/causes").findValuesAsText("field"))
                .containsExactlyInAnyOrder("reason", "action");
        Reply old = server.post(
                CORE, "{\"metadata\":{\"name\":\"five\"},\"involvedObject\":{\"namespace\":\"default\"},\"count\":3}");
        assertThat(old.status()).as(old.text()).isEqualTo(201);
        assertThat(server.get(NEW + "/five").at("/deprecatedCount")).isEqualTo("3");
    }

    @Test
    @DisplayName("are told by discovery, and described")
    void described() {
        assertThat(server.get("/apis/events.k8s.io/v1").json().at("/resources").findValuesAsText("name"))
                .containsExactly("events");
        assertThat(server.get("/openapi/v3/apis/events.k8s.io/v1").text())
                .contains("io.k8s.api.events.v1.Event", "deprecatedFirstTimestamp");
    }
}
