package dev.weft.proxy.view;

import static dev.weft.proxy.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The picture's actor")
class ViewActorTest {
    private static final ServiceKey WEB = ServiceKey.service("default", "web");

    private final ActorTestKit kit = ActorTestKit.create();
    private final TestProbe<ViewUpdate> pictures = kit.createTestProbe();
    private final Map<String, ResourceFeed.Follower> followers = new ConcurrentHashMap<>();

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    private static JsonNode json(String text) throws JsonProcessingException {
        return new ObjectMapper().readTree(text.replace('\'', '"'));
    }

    private static JsonNode web(String algorithm) throws JsonProcessingException {
        return json("{'metadata':{'namespace':'default','name':'web','annotations':{'mesh.weft.dev/algorithm':'"
                + algorithm + "'}},'spec':{'clusterIP':'10.0.0.1','ports':[{'port':80}]}}");
    }

    private static JsonNode pod(int weight) throws JsonProcessingException {
        return json(
                "{'metadata':{'namespace':'default','name':'one','uid':'uid-one','annotations':{'mesh.weft.dev/weight':'"
                        + weight + "'}}}");
    }

    private ResourceFeed.Follower follower(String path) {
        await().until(() -> followers.containsKey(path));
        return Objects.requireNonNull(followers.get(path));
    }

    private int weight() {
        ServicePicture picture =
                Objects.requireNonNull(pictures.receiveMessage().view().get(WEB));
        return picture.slices().values().iterator().next().endpoints().get(0).weight();
    }

    @Test
    @DisplayName("follows Pods while a service wants their weights, and tells pictures with them")
    void podWeights() throws Exception {
        ResourceFeed feed = (path, follower) -> {
            followers.put(path, follower);
            return () -> followers.remove(path);
        };
        ViewSource source = new ViewSource(feed, ViewPace.NONE, entry -> "weighted-random".equals(entry.algorithm()));
        kit.spawn(ViewActor.create("host-1", source, pictures.ref()));
        follower(WatchedKind.SLICES.path())
                .replaced(List.of(json("{'metadata':{'namespace':'default','name':'web-1','labels':"
                        + "{'kubernetes.io/service-name':'web'}},'addressType':'IPv4','endpoints':"
                        + "[{'addresses':['10.1.1.1'],'targetRef':{'uid':'uid-one'}}]}")));
        follower(WatchedKind.IMPORTS.path()).replaced(List.of());
        follower(WatchedKind.NODES.path()).replaced(List.of());
        follower(WatchedKind.SERVICES.path()).replaced(List.of(web("random")));
        assertThat(weight()).isEqualTo(1);
        assertThat(followers).doesNotContainKey(PodWeights.PATH);

        follower(WatchedKind.SERVICES.path()).changed(web("weighted-random"));
        assertThat(weight()).isEqualTo(1);
        follower(PodWeights.PATH).replaced(List.of(pod(3)));
        assertThat(weight()).isEqualTo(3);
        follower(PodWeights.PATH).changed(pod(5));
        assertThat(weight()).isEqualTo(5);

        follower(WatchedKind.SERVICES.path()).changed(web("random"));
        await().until(() -> !followers.containsKey(PodWeights.PATH));
    }
}
