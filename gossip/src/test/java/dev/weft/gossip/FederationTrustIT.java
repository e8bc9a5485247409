package dev.weft.gossip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.util.ByteString;
import com.typesafe.config.ConfigFactory;
import dev.weft.gossip.trust.JoinToken;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A federation over mutual TLS")
class FederationTrustIT {
    private static final HostPort ANYWHERE = new HostPort("127.0.0.1", 0);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final String CLOSED = "weft.gossip.trust.open-on-loopback=false";

    private final ActorTestKit kit = ActorTestKit.create();
    private final List<GossipNode> running = new ArrayList<>();

    @TempDir
    private Path directory;

    @AfterEach
    void stopAll() throws Exception {
        for (GossipNode node : running) {
            node.stop().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
        kit.shutdownTestKit();
    }

    @Test
    @DisplayName("takes in who brings a token, once, and nobody without one; puts out whom a member expels, everywhere")
    void joinAndExpel() throws Exception {
        GossipNode east = start("east", "", CLOSED);
        GossipNode west = start("west", "", CLOSED);
        GossipNode north = start("north", "", CLOSED);
        String token = ask(east.invite(HOUR));
        ask(west.joinWith(token));
        assertThatThrownBy(() -> ask(north.joinWith(token))).hasMessageContaining("used already by another");
        north.join(east.address());
        publish(east);
        publish(west);
        publish(north);
        await().untilAsserted(() -> assertThat(told(west)).contains("east", "west"));
        assertThat(told(east)).doesNotContain("north");
        ask(north.joinWith(ask(west.invite(HOUR))));
        for (GossipNode node : running) {
            await().untilAsserted(() -> assertThat(told(node)).contains("east", "west", "north"));
        }
        ask(west.expel("north"));
        await().untilAsserted(() -> {
            assertThat(told(east)).containsExactlyInAnyOrder("east", "west");
            assertThat(told(west)).containsExactlyInAnyOrder("east", "west");
        });
        await().untilAsserted(() -> assertThat(ask(north.members()))
                .as("who was put out does not see the others as if nothing was")
                .filteredOn(member -> !member.self())
                .hasSize(2)
                .allSatisfy(member -> assertThat(member.status()).isEqualTo(Member.Status.UNREACHABLE)));
        String other = ask(east.invite(HOUR));
        assertThatThrownBy(() -> ask(north.joinWith(other))).hasMessageContaining("was expelled by west");
        String ofExpelled = ask(north.invite(HOUR));
        assertThatThrownBy(() -> ask(east.joinWith(ofExpelled)))
                .hasMessageContaining("cluster north, which gave out the token, was expelled by west");
        assertThatThrownBy(() -> ask(east.expel("nobody"))).hasMessageContaining("is no member");
        await().untilAsserted(() -> assertThat(ask(east.stats()).peers())
                .anySatisfy(peer -> assertThat(peer.bytesIn()).isPositive()));
    }

    @Test
    @DisplayName("says what is wrong with a token: expired, of another authority, damaged, of nobody")
    void badTokens() throws Exception {
        GossipNode east = start("east", "", CLOSED);
        GossipNode west = start("west", "", CLOSED + "\nweft.gossip.trust.join-timeout=2s");
        JoinToken real = JoinToken.parse(ask(east.invite(Duration.ofSeconds(1))));
        JoinToken elsewhere = new JoinToken(
                "east",
                ByteString.fromArray(new byte[32]),
                real.expires().plusSeconds(60),
                real.secret(),
                real.addresses());
        assertThatThrownBy(() -> ask(west.joinWith(elsewhere.print())))
                .hasMessageContaining("not who gave out the token");
        await().until(() ->
                real.expires().plusSeconds(2).isBefore(InstantSource.system().instant()));
        assertThatThrownBy(() -> ask(west.joinWith(real.print()))).hasMessageContaining("expired");
        JoinToken prolonged = new JoinToken(
                "east", real.fingerprint(), real.expires().plusSeconds(3_600), real.secret(), real.addresses());
        assertThatThrownBy(() -> ask(west.joinWith(prolonged.print()))).hasMessageContaining("the token expired");
        JoinToken guessed = new JoinToken(
                "east", real.fingerprint(), prolonged.expires(), ByteString.fromArray(new byte[16]), real.addresses());
        assertThatThrownBy(() -> ask(west.joinWith(guessed.print()))).hasMessageContaining("not known");
        assertThatThrownBy(() -> ask(west.joinWith("weft1.x"))).hasMessageContaining("damaged");
        assertThat(told(east)).doesNotContain("west");
    }

    @Test
    @DisplayName("refuses at once its own token, and to leave where there is nobody to leave")
    void alone() throws Exception {
        GossipNode east = start("east", "", CLOSED);
        String own = ask(east.invite(HOUR));
        assertThatThrownBy(() -> ask(east.joinWith(own)))
                .hasMessageContaining("this is a token of cluster east itself");
        assertThatThrownBy(() -> ask(east.leave()))
                .hasMessageContaining("cluster east is in no federation: there is nobody to leave");
        GossipNode west = start("west", "", CLOSED);
        ask(west.joinWith(own));
        ask(east.leave());
        assertThatThrownBy(() -> ask(east.leave())).hasMessageContaining("nobody to leave");
    }

    @Test
    @DisplayName(
            "shows the tokens that can be used, by other names than their secrets, and takes one back, also over a restart")
    void revokes() throws Exception {
        InMemoryRecordStore store = new InMemoryRecordStore();
        String identity = directory.resolve("east").toString();
        GossipNode east = start("east", identity, CLOSED, store, ANYWHERE);
        GossipNode west = start("west", "", CLOSED);
        assertThat(ask(east.tokens())).isEmpty();
        String taken = ask(east.invite(HOUR));
        String id = ask(east.tokens()).get(0).id();
        String used = ask(east.invite(HOUR));
        assertThat(ask(east.tokens())).hasSize(2).doesNotHaveDuplicates();
        assertThat(taken).doesNotContain(id);
        ask(east.revoke(id));
        assertThatThrownBy(() -> ask(east.revoke(id)))
                .hasMessageContaining("token " + id + " is none that can be used");
        assertThatThrownBy(() -> ask(west.joinWith(taken))).hasMessageContaining("did not revoke");
        ask(west.joinWith(used));
        assertThat(ask(east.tokens())).isEmpty();
        ask(east.invite(HOUR));
        String open = ask(east.tokens()).get(0).id();
        ask(east.stop());
        running.remove(east);
        GossipNode again = start("east", identity, CLOSED, store, ANYWHERE);
        assertThat(ask(again.tokens())).extracting(OpenToken::id).containsExactly(open);
    }

    @Test
    @DisplayName("keeps its identity over a restart, refuses a twin, and lets a name that left come back by a token")
    void identities() throws Exception {
        InMemoryRecordStore store = new InMemoryRecordStore();
        GossipNode east = start("east", "", CLOSED);
        GossipNode west = start("west", directory.resolve("west").toString(), CLOSED, store, ANYWHERE);
        ask(west.joinWith(ask(east.invite(HOUR))));
        publish(west);
        await().untilAsserted(() -> assertThat(told(east)).contains("west"));
        GossipNode twin = start("west", "", CLOSED);
        String token = ask(east.invite(HOUR));
        assertThatThrownBy(() -> ask(twin.joinWith(token)))
                .hasMessageContaining("is here already with another identity");
        HostPort address = west.address();
        running.remove(west);
        west.stop().toCompletableFuture().get(10, TimeUnit.SECONDS);
        assertThat(Files.readString(directory.resolve("west/identity.pem"))).contains("Cluster: west");
        assertThatThrownBy(() -> start("other", directory.resolve("west").toString(), CLOSED))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the key of cluster west");
        GossipNode again = start("west", directory.resolve("west").toString(), CLOSED, store, address);
        again.reset(0, 0, Map.of("k", ByteString.fromString("again"), "k2", ByteString.fromString("again")));
        await().untilAsserted(() -> assertThat(ask(east.members()).stream()
                        .filter(member -> member.status() == Member.Status.ALIVE)
                        .map(Member::cluster)
                        .toList())
                .contains("west"));
        ask(again.leave());
        assertThat(told(again)).doesNotContain("east");
        ask(again.joinWith(ask(east.invite(HOUR))));
        await().untilAsserted(() -> assertThat(ask(east.members()).stream()
                        .filter(member -> member.status() == Member.Status.ALIVE)
                        .map(Member::cluster)
                        .toList())
                .contains("west"));
    }

    @Test
    @DisplayName("takes in others by a token also where the one who gave it out left before")
    void invitesAfterLeaving() throws Exception {
        GossipNode east = start("east", "", CLOSED);
        GossipNode west = start("west", "", CLOSED);
        ask(west.joinWith(ask(east.invite(HOUR))));
        publish(east);
        publish(west);
        await().untilAsserted(() -> assertThat(told(west)).contains("east"));
        ask(west.leave());
        await().untilAsserted(() -> assertThat(told(east)).doesNotContain("west"));
        ask(east.joinWith(ask(west.invite(HOUR))));
        await().untilAsserted(() -> {
            assertThat(told(east)).containsExactlyInAnyOrder("east", "west");
            assertThat(told(west)).containsExactlyInAnyOrder("east", "west");
        });
    }

    @Test
    @DisplayName(
            "renews certificates every other second under running links, loses nothing, and takes in who comes later")
    void renews() throws Exception {
        String brief = "weft.gossip.trust.certificate-validity=3s";
        GossipNode east = start("east", "", brief);
        GossipNode west = start("west", "", brief);
        west.join(east.address());
        east.reset(0, 0, Map.of());
        for (int i = 0; i < 6; i++) {
            east.publish(0, 0, List.of(new RecordChange("k" + i, ByteString.fromString("1"))));
            int expected = i + 1;
            await().pollDelay(Duration.ofSeconds(1))
                    .untilAsserted(() -> assertThat(records(west, "east")).isEqualTo(expected));
        }
        GossipNode late = start("late", "", brief);
        late.join(east.address());
        await().untilAsserted(() -> assertThat(records(late, "east")).isEqualTo(6));
    }

    @Test
    @DisplayName("does not mind random bytes, connections that say nothing, and half a handshake")
    void survivesNoise() throws Exception {
        GossipNode east = start("east", "", CLOSED);
        SplittableRandom random = new SplittableRandom(5);
        List<Socket> silent = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            Socket socket = new Socket(east.address().host(), east.address().port());
            silent.add(socket);
            if (i % 2 == 0) {
                byte[] noise = new byte[random.nextInt(1, 5_000)];
                random.nextBytes(noise);
                noise[0] = i % 4 == 0 ? 22 : noise[0];
                try {
                    socket.getOutputStream().write(noise);
                } catch (IOException e) {
                    // The other side hung up already, as it may.
                    assertThat(e).isNotNull();
                }
            }
        }
        GossipNode west = start("west", "", CLOSED);
        ask(west.joinWith(ask(east.invite(HOUR))));
        publish(west);
        await().untilAsserted(() -> assertThat(told(east)).contains("west"));
        for (Socket socket : silent) {
            socket.close();
        }
    }

    @Test
    @DisplayName("speaks plain text where that is asked for and the address is a loopback one, nowhere else")
    void plainText() throws Exception {
        String plain = "weft.gossip.trust.plain-text=true";
        GossipNode east = start("east", "", plain);
        GossipNode west = start("west", "", plain);
        west.join(east.address());
        publish(east);
        await().untilAsserted(() -> assertThat(told(west)).contains("east"));
        assertThatThrownBy(() -> start("north", "", plain, new InMemoryRecordStore(), new HostPort("0.0.0.0", 0)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("in plain text");
        assertThatThrownBy(() -> start("north", "", CLOSED, new InMemoryRecordStore(), new HostPort("0.0.0.0", 0)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("weft.gossip.advertised");
    }

    private GossipNode start(String cluster, String identity, String config) throws IOException {
        return start(cluster, identity, config, new InMemoryRecordStore(), ANYWHERE);
    }

    private GossipNode start(String cluster, String identity, String config, RecordStore store, HostPort bind)
            throws IOException {
        GossipSettings settings = GossipSettings.from(
                        ConfigFactory.parseString("weft.gossip.cluster=" + cluster + "\n" + config)
                                .withFallback(ConfigFactory.defaultReference()))
                .of(cluster, bind, List.of());
        GossipNode node = GossipNode.start(
                kit.system(),
                identity.isEmpty() ? settings : settings.identifiedBy(Path.of(identity)),
                store,
                InstantSource.system(),
                new SplittableRandom(cluster.hashCode()));
        running.add(node);
        return node;
    }

    private static void publish(GossipNode node) {
        node.reset(0, 0, Map.of("k", ByteString.fromString("v")));
    }

    private static <T> T ask(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    /** Clusters whose records are known. */
    private Set<String> told(GossipNode node) {
        Set<String> clusters = new TreeSet<>();
        states(node).forEach(state -> clusters.add(state.origin().cluster()));
        return clusters;
    }

    private int records(GossipNode node, String cluster) {
        return states(node).stream()
                .filter(state -> state.origin().cluster().equals(cluster))
                .mapToInt(state -> state.records().size())
                .sum();
    }

    private List<FederationEvent.OriginState> states(GossipNode node) {
        akka.actor.testkit.typed.javadsl.TestProbe<FederationEvent> probe = kit.createTestProbe();
        node.follow(probe.ref());
        List<FederationEvent.OriginState> states = new ArrayList<>();
        while (true) {
            FederationEvent event = probe.receiveMessage();
            if (event instanceof FederationEvent.OriginState state) {
                states.add(state);
            } else if (event instanceof FederationEvent.CaughtUp) {
                probe.stop();
                return states;
            }
        }
    }
}
