package dev.weft.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.api.authentication.AccountTokens;
import dev.weft.api.authentication.Authenticator;
import dev.weft.api.authentication.StaticTokens;
import dev.weft.api.authentication.TokenSettings;
import dev.weft.api.authentication.TokenSigner;
import dev.weft.api.authorization.DefaultAccess;
import dev.weft.api.authorization.Policies;
import dev.weft.api.rest.Access;
import dev.weft.api.tls.CertificateAuthority;
import dev.weft.api.tls.ClusterKeys;
import dev.weft.api.tls.KeyMaterial;
import dev.weft.api.tls.ServingKeys;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@DisplayName("The API behind TLS and roles")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProtectedApiIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ACCOUNTS = "/api/v1/namespaces/default/serviceaccounts";
    private static final String ROLES = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles";

    private final InMemoryBacking backing =
            new InMemoryBacking("weft.api { guard.head-deadline = 2 s, watch.asked-again = 1 s }");
    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    private final InstantSource clock = () -> Instant.now().plus(ahead.get());
    private final ClusterKeys keys = ClusterKeys.create("east", Instant.now(), new SecureRandom());
    private final CertificateAuthority authority = CertificateAuthority.of(keys.authority(), new SecureRandom());
    private ApiServer server = start();
    private final HttpClient nobody = client(null);
    private final HttpClient admin =
            client(authority.issueClient("admin", List.of("system:masters"), Instant.now(), Duration.ofDays(1)));

    private ApiServer start() {
        try {
            new DefaultAccess(backing.registry())
                    .reconcile()
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);
            Policies policies = Policies.follow(backing.system(), backing.registry(), Duration.ofMillis(50), true);
            policies.first().toCompletableFuture().get(60, TimeUnit.SECONDS);
            AccountTokens accounts = new AccountTokens(
                    backing.registry(),
                    new TokenSigner(keys.tokens()),
                    TokenSettings.from(backing.system().settings().config().getConfig("weft.api.tokens")),
                    clock,
                    () -> UUID.randomUUID().toString());
            Authenticator authenticator =
                    new Authenticator(authority, () -> StaticTokens.parse("t0ken,ann,1,devs"), accounts, true, clock);
            KeyMaterial serving = authority.issueServing(List.of("127.0.0.1"), Instant.now(), Duration.ofDays(1));
            return ApiServer.start(
                            backing.system(),
                            ApiSettings.from(backing.system().settings().config())
                                    .listeningOn("127.0.0.1", 0),
                            new ApiDoor(
                                    Optional.of(new ServingKeys(() -> serving, authority.certificate())),
                                    Access.byRoles(backing.registry(), authenticator, policies),
                                    false),
                            backing.registry(),
                            InstantSource.system(),
                            new Random(7))
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            backing.close();
            throw new IllegalStateException("the server did not start", e);
        }
    }

    @BeforeAll
    void prepare() {
        post(admin, ACCOUNTS, "{\"metadata\":{\"name\":\"till\"}}");
        post(
                admin,
                "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings",
                "{\"metadata\":{\"name\":\"ann\"},\"roleRef\":{\"kind\":\"ClusterRole\",\"name\":\"admin\"},"
                        + "\"subjects\":[{\"kind\":\"User\",\"name\":\"ann\"}]}");
        await().atMost(PATIENCE)
                .until(() ->
                        get(nobody, "/api/v1/namespaces/default/pods", "t0ken").statusCode() == 200);
    }

    @AfterAll
    void stop() {
        backing.close();
    }

    private HttpClient client(@Nullable KeyMaterial own) {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("ca", authority.certificate());
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            KeyManagerFactory shown = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            if (own != null) {
                store.setKeyEntry("own", own.key(), new char[0], own.chain().toArray(X509Certificate[]::new));
            }
            shown.init(store, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(shown.getKeyManagers(), trust.getTrustManagers(), null);
            return HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .sslContext(context)
                    .build();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                        URI.create("https://127.0.0.1:" + server.address().getPort() + path))
                .timeout(PATIENCE);
    }

    private HttpResponse<String> send(HttpClient client, HttpRequest.Builder request) {
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private HttpResponse<String> get(HttpClient client, String path, String token) {
        HttpRequest.Builder request = request(path);
        return send(client, token.isEmpty() ? request : request.header("Authorization", "Bearer " + token));
    }

    private HttpResponse<String> post(HttpClient client, String path, String json) {
        return send(
                client, request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(json)));
    }

    private static JsonNode tree(HttpResponse<String> response) {
        try {
            return new ObjectMapper().readTree(response.body());
        } catch (IOException e) {
            throw new IllegalStateException(response.body(), e);
        }
    }

    @Test
    @DisplayName("answers who is unknown with 401 and who may not with 403, word for word as Kubernetes")
    void refusals() {
        HttpResponse<String> unknown = get(nobody, "/version", "wrong");
        assertThat(unknown.statusCode()).isEqualTo(401);
        assertThat(unknown.body().strip())
                .isEqualTo("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\","
                        + "\"message\":\"Unauthorized\",\"reason\":\"Unauthorized\",\"code\":401}");
        HttpResponse<String> anonymous = get(nobody, "/api/v1/namespaces/default/pods", "");
        assertThat(anonymous.statusCode()).isEqualTo(403);
        assertThat(anonymous.body().strip())
                .isEqualTo("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\","
                        + "\"message\":\"pods is forbidden: User \\\"system:anonymous\\\" cannot list resource \\\"pods\\\""
                        + " in API group \\\"\\\" in the namespace \\\"default\\\"\",\"reason\":\"Forbidden\","
                        + "\"details\":{\"kind\":\"pods\"},\"code\":403}");
        assertThat(tree(get(nobody, "/metrics", "")).toString()).contains("\"details\":{}");
        assertThat(get(nobody, "/version", "").statusCode()).isEqualTo(200);
        assertThat(get(nobody, "/api/v1/pods?watch=true", "t0ken").statusCode()).isEqualTo(403);
    }

    @Test
    @DisplayName("asks for a certificate, and knows its own from another cluster's and from one that is over")
    void certificates() {
        assertThat(get(admin, "/api/v1/nodes", "").statusCode()).isEqualTo(200);
        ClusterKeys others = ClusterKeys.create("east", Instant.now(), new SecureRandom());
        KeyMaterial foreign = CertificateAuthority.of(others.authority(), new SecureRandom())
                .issueClient("admin", List.of("system:masters"), Instant.now(), Duration.ofDays(1));
        assertThat(get(client(foreign), "/version", "").statusCode()).isEqualTo(401);
        KeyMaterial over = authority.issueClient(
                "admin", List.of("system:masters"), Instant.now().minus(Duration.ofDays(1)), Duration.ofHours(1));
        assertThat(get(client(over), "/version", "").statusCode()).isEqualTo(401);
    }

    @Test
    @DisplayName("gives out tokens that end in time, with their account, and count for whom they are made")
    void tokens() {
        String token = tree(post(admin, ACCOUNTS + "/till/token", "{\"spec\":{\"expirationSeconds\":600}}"))
                .at("/status/token")
                .asText();
        String review = "/apis/authentication.k8s.io/v1/tokenreviews";
        String asked = "{\"spec\":{\"token\":\"" + token + "\"}}";
        assertThat(tree(post(admin, review, asked)).at("/status/user/username").asText())
                .isEqualTo("system:serviceaccount:default:till");
        assertThat(get(nobody, "/version", token).statusCode()).isEqualTo(200);
        ahead.set(Duration.ofSeconds(601));
        try {
            assertThat(get(nobody, "/version", token).statusCode()).isEqualTo(401);
            assertThat(tree(post(admin, review, asked))
                            .at("/status/authenticated")
                            .asBoolean())
                    .isFalse();
        } finally {
            ahead.set(Duration.ZERO);
        }
        String elsewhere = tree(post(admin, ACCOUNTS + "/till/token", "{\"spec\":{\"audiences\":[\"vault\"]}}"))
                .at("/status/token")
                .asText();
        assertThat(get(nobody, "/version", elsewhere).statusCode()).isEqualTo(401);
        JsonNode there = tree(
                post(admin, review, "{\"spec\":{\"token\":\"" + elsewhere + "\",\"audiences\":[\"vault\",\"x\"]}}"));
        assertThat(there.at("/status/audiences").toString()).isEqualTo("[\"vault\"]");
        TokenSigner foreign = new TokenSigner(
                ClusterKeys.create("east", Instant.now(), new SecureRandom()).tokens());
        assertThat(get(nobody, "/version", foreign.sign(claims(token))).statusCode())
                .isEqualTo(401);
        HttpResponse<String> brief = post(admin, ACCOUNTS + "/till/token", "{\"spec\":{\"expirationSeconds\":5}}");
        assertThat(brief.statusCode()).isEqualTo(422);
        assertThat(brief.body()).contains("may not specify a duration less than 10 minutes");
    }

    @Test
    @DisplayName("tells by what key others can check its tokens, as OpenID does")
    void issuer() throws Exception {
        String token = token("till");
        JsonNode configuration = tree(get(nobody, "/.well-known/openid-configuration", token));
        assertThat(configuration.at("/issuer").asText()).isEqualTo("https://kubernetes.default.svc.cluster.local");
        assertThat(configuration.at("/id_token_signing_alg_values_supported/0").asText())
                .isEqualTo("ES256");
        assertThat(configuration.at("/jwks_uri").asText())
                .isEqualTo("https://127.0.0.1:" + server.address().getPort() + "/openid/v1/jwks");
        HttpResponse<String> keySet = get(nobody, "/openid/v1/jwks", token);
        assertThat(keySet.headers().firstValue("Content-Type")).hasValue("application/jwk-set+json");
        JsonNode key = tree(keySet).at("/keys/0");
        String[] parts = token.split("\\.", -1);
        assertThat(key.path("kid").asText())
                .isEqualTo(new ObjectMapper()
                        .readTree(Base64.getUrlDecoder().decode(parts[0]))
                        .path("kid")
                        .asText());
        AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
        curve.init(new ECGenParameterSpec("secp256r1"));
        ECPoint point = new ECPoint(
                new BigInteger(1, Base64.getUrlDecoder().decode(key.path("x").asText())),
                new BigInteger(1, Base64.getUrlDecoder().decode(key.path("y").asText())));
        Signature check = Signature.getInstance("SHA256withECDSAinP1363Format");
        check.initVerify(KeyFactory.getInstance("EC")
                .generatePublic(new ECPublicKeySpec(point, curve.getParameterSpec(ECParameterSpec.class))));
        check.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
        assertThat(check.verify(Base64.getUrlDecoder().decode(parts[2]))).isTrue();
        assertThat(get(nobody, "/openid/v1/jwks", "").statusCode()).isEqualTo(403);
    }

    private String token(String account) {
        return tree(post(admin, ACCOUNTS + "/" + account + "/token", "{\"spec\":{\"expirationSeconds\":600}}"))
                .at("/status/token")
                .asText();
    }

    @Test
    @DisplayName("ends a watch whose reader loses the right, his account or his time, and leaves the others alone")
    void standingRights() {
        String bindings = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings";
        for (String name : List.of("one", "two", "three", "four")) {
            post(admin, ACCOUNTS, "{\"metadata\":{\"name\":\"" + name + "\"}}");
            post(
                    admin,
                    bindings,
                    "{\"metadata\":{\"name\":\"" + name
                            + "\"},\"roleRef\":{\"kind\":\"ClusterRole\",\"name\":\"view\"},"
                            + "\"subjects\":[{\"kind\":\"ServiceAccount\",\"name\":\"" + name + "\"}]}");
        }
        int before = server.openWatches();
        CompletableFuture<?> unbound = watch(token("one"));
        CompletableFuture<?> gone = watch(token("two"));
        CompletableFuture<?> late = watch(token("three"));
        CompletableFuture<?> lasting = watch("t0ken");
        await().atMost(PATIENCE).until(() -> server.openWatches() == before + 4);
        send(admin, request(bindings + "/one").DELETE());
        await().atMost(PATIENCE).until(unbound::isDone);
        assertThat(gone).isNotDone();
        send(admin, request(ACCOUNTS + "/two").DELETE());
        await().atMost(PATIENCE).until(gone::isDone);
        assertThat(late).isNotDone();
        ahead.set(Duration.ofSeconds(601));
        try {
            await().atMost(PATIENCE).until(late::isDone);
            assertThat(lasting).isNotDone();
        } finally {
            ahead.set(Duration.ZERO);
        }
        assertThat(unbound).isCompleted();
        assertThat(server.openWatches()).isEqualTo(before + 1);
        lasting.cancel(true);
        await().atMost(PATIENCE).until(() -> server.openWatches() == before);
    }

    /** Done when the watch has ended in good order. */
    private CompletableFuture<?> watch(String token) {
        await().atMost(PATIENCE)
                .until(() -> get(nobody, "/api/v1/namespaces/default/services", token)
                                .statusCode()
                        == 200);
        HttpRequest request = request("/api/v1/namespaces/default/services?watch=true")
                .header("Authorization", "Bearer " + token)
                .timeout(PATIENCE.multipliedBy(5))
                .build();
        AtomicInteger status = new AtomicInteger();
        CompletableFuture<?> ended = nobody.sendAsync(request, answer -> {
                    status.set(answer.statusCode());
                    return HttpResponse.BodySubscribers.discarding();
                })
                .whenComplete((answer, failure) -> assertThat(failure).isNull());
        await().atMost(PATIENCE).until(() -> status.get() == 200);
        return ended;
    }

    private com.fasterxml.jackson.databind.node.ObjectNode claims(String token) {
        return (com.fasterxml.jackson.databind.node.ObjectNode)
                new TokenSigner(keys.tokens()).verify(token).orElseThrow();
    }

    @Test
    @DisplayName("lets nobody give more than he has, also by a patch of what others change at the same time")
    void escalation() {
        String little =
                "{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"Role\",\"metadata\":{\"name\":\"r\"},"
                        + "\"rules\":[{\"apiGroups\":[\"\"],\"resources\":[\"pods\"],\"verbs\":[\"get\"]}]}";
        assertThat(as("ann", "POST", ROLES, "application/json", little).statusCode())
                .isEqualTo(201);
        String much = little.replace("pods", "nodes");
        HttpResponse<String> refused = as("ann", "PUT", ROLES + "/r", "application/json", much);
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(tree(refused).path("message").asText())
                .contains("is attempting to grant RBAC permissions not currently held:\n{APIGroups:[\"\"]");
        assertThat(as(
                                "ann",
                                "PATCH",
                                ROLES + "/r",
                                "application/json-patch+json",
                                "[{\"op\":\"copy\",\"from\":\"/metadata/name\",\"path\":\"/rules/0/resources/0\"}]")
                        .statusCode())
                .as("what a patch makes, not what it says")
                .isEqualTo(403);
        assertThat(as(
                                "ann",
                                "PATCH",
                                ROLES + "/r?dryRun=All",
                                "application/merge-patch+json",
                                "{\"rules\":[{\"apiGroups\":[\"*\"],\"resources\":[\"*\"],\"verbs\":[\"*\"]}]}")
                        .statusCode())
                .isEqualTo(403);
        HttpResponse<String> patched = as(
                "ann",
                "PATCH",
                ROLES + "/r",
                "application/json-patch+json",
                "[{\"op\":\"add\",\"path\":\"/rules/0/verbs/-\",\"value\":\"list\"}]");
        assertThat(patched.statusCode()).isEqualTo(200);
        assertThat(tree(patched).at("/rules/0/verbs").toString()).isEqualTo("[\"get\",\"list\"]");
    }

    @Test
    @DisplayName("lets an apply make only what its user may create, and give no more than he has")
    void applies() {
        String apply = "application/apply-patch+yaml";
        String role =
                "{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"Role\",\"metadata\":{\"name\":\"%s\"},"
                        + "\"rules\":[{\"apiGroups\":[\"\"],\"resources\":[\"%s\"],\"verbs\":[\"patch\"]}]}";
        String manager = "?fieldManager=ann";
        assertThat(as("ann", "PATCH", ROLES + "/much" + manager, apply, role.formatted("much", "nodes"))
                        .statusCode())
                .isEqualTo(403);
        HttpResponse<String> made =
                as("ann", "PATCH", ROLES + "/little" + manager, apply, role.formatted("little", "configmaps"));
        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(tree(made).at("/metadata/managedFields/0/operation").asText())
                .isEqualTo("Apply");
        HttpResponse<String> changed =
                as("ann", "PATCH", ROLES + "/little" + manager, apply, role.formatted("little", "secrets"));
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(tree(changed).at("/metadata/managedFields")).hasSize(1);
        as("ann", "PATCH", ROLES + "/little" + manager, apply, role.formatted("little", "configmaps"));
        post(
                admin,
                "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings",
                "{\"metadata\":{\"name\":\"bob\"},\"roleRef\":{\"kind\":\"Role\",\"name\":\"little\"},"
                        + "\"subjects\":[{\"kind\":\"User\",\"name\":\"bob\"}]}");
        String maps = "/api/v1/namespaces/default/configmaps";
        post(admin, maps, "{\"metadata\":{\"name\":\"there\"}}");
        String map = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"%s\"}}";
        await().atMost(PATIENCE)
                .until(() -> as("bob", "PATCH", maps + "/there?fieldManager=bob", apply, map.formatted("there"))
                                .statusCode()
                        == 200);
        HttpResponse<String> missing =
                as("bob", "PATCH", maps + "/missing?fieldManager=bob", apply, map.formatted("missing"));
        assertThat(missing.statusCode()).isEqualTo(403);
        assertThat(tree(missing).path("message").asText())
                .isEqualTo(
                        "configmaps \"missing\" is forbidden: User \"bob\" cannot create resource \"configmaps\" in API"
                                + " group \"\" in the namespace \"default\"");
    }

    @Test
    @DisplayName("lets an update make only what its user may create, too")
    void updates() {
        String leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases";
        String json = "application/json";
        post(
                admin,
                ROLES,
                "{\"metadata\":{\"name\":\"keeper\"},\"rules\":[{\"apiGroups\":[\"coordination.k8s.io\"],"
                        + "\"resources\":[\"leases\"],\"verbs\":[\"update\"]}]}");
        post(
                admin,
                "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings",
                "{\"metadata\":{\"name\":\"kim\"},\"roleRef\":{\"kind\":\"Role\",\"name\":\"keeper\"},"
                        + "\"subjects\":[{\"kind\":\"User\",\"name\":\"kim\"}]}");
        String lease = "{\"metadata\":{\"name\":\"%s\"},\"spec\":{\"holderIdentity\":\"kim\"}}";
        post(admin, leases, lease.formatted("there"));
        await().atMost(PATIENCE)
                .until(() -> as("kim", "PUT", leases + "/there", json, lease.formatted("there"))
                                .statusCode()
                        == 200);
        HttpResponse<String> missing = as("kim", "PUT", leases + "/missing", json, lease.formatted("missing"));
        assertThat(missing.statusCode()).isEqualTo(403);
        assertThat(tree(missing).path("message").asText())
                .isEqualTo("leases.coordination.k8s.io \"missing\" is forbidden: User \"kim\" cannot create resource"
                        + " \"leases\" in API group \"coordination.k8s.io\" in the namespace \"default\"");
        // Where he may create, he may still give no more than he has.
        String role = "{\"metadata\":{\"name\":\"put\"},\"rules\":[{\"apiGroups\":[\"\"],\"resources\":[\"%s\"],"
                + "\"verbs\":[\"get\"]}]}";
        assertThat(as("ann", "PUT", ROLES + "/put", json, role.formatted("nodes"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(as("ann", "PUT", ROLES + "/put", json, role.formatted("configmaps"))
                        .statusCode())
                .isEqualTo(201);
    }

    @Test
    @DisplayName("gives roles that an earlier version made what they lack, at the next start")
    void completesRoles() throws Exception {
        String rbac = "/apis/rbac.authorization.k8s.io/v1/";
        String role = rbac + "clusterroles/weft:proxy-node";
        String inNamespace = rbac + "namespaces/kube-node-lease/roles/weft:proxy-node";
        JsonNode complete = tree(get(admin, role, ""));
        String own = "{\"apiGroups\":[\"example.org\"],\"resources\":[\"things\"],\"verbs\":[\"get\"]}";
        send(
                admin,
                request(role)
                        .method("PATCH", BodyPublishers.ofString("{\"rules\":[" + own + "]}"))
                        .header("Content-Type", "application/merge-patch+json"));
        send(admin, request(inNamespace).DELETE());
        assertThat(get(admin, inNamespace, "").statusCode()).isEqualTo(404);

        assertThat(new DefaultAccess(backing.registry())
                        .reconcile()
                        .toCompletableFuture()
                        .get(60, TimeUnit.SECONDS))
                .isEmpty();

        assertThat(get(admin, inNamespace, "").statusCode()).isEqualTo(200);
        String rules = tree(get(admin, role, "")).path("rules").toString();
        assertThat(rules).contains(own, "nodes/status");
        for (JsonNode rule : complete.path("rules")) {
            for (JsonNode resource : rule.path("resources")) {
                assertThat(rules).contains(resource.toString());
            }
        }
    }

    private HttpResponse<String> as(String user, String method, String path, String type, String body) {
        return send(
                admin,
                request(path)
                        .header("Impersonate-User", user)
                        .header("Content-Type", type)
                        .method(method, BodyPublishers.ofString(body)));
    }

    @Test
    @DisplayName("lets act as others whoever may, and judges them as those")
    void impersonation() {
        HttpResponse<String> review =
                as("zoe", "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", "application/json", "{}");
        assertThat(tree(review).at("/status/userInfo/username").asText()).isEqualTo("zoe");
        assertThat(as("zoe", "GET", "/api/v1/nodes", "application/json", "").statusCode())
                .isEqualTo(403);
        HttpResponse<String> refused = send(
                nobody,
                request("/version").header("Authorization", "Bearer t0ken").header("Impersonate-User", "admin"));
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("cannot impersonate resource \\\"users\\\"");
    }

    @Test
    @DisplayName("ends a watch that is dropped under TLS, a handshake that does not come, and plain HTTP with a word")
    @SuppressWarnings("AddressSelection") // a literal address has no alternatives
    void connections() throws Exception {
        HttpResponse<InputStream> watch =
                admin.send(request("/api/v1/namespaces?watch=true").build(), BodyHandlers.ofInputStream());
        assertThat(watch.statusCode()).isEqualTo(200);
        assertThat(watch.body().read()).isEqualTo('{');
        assertThat(server.openWatches()).isEqualTo(1);
        watch.body().close();
        await().atMost(PATIENCE).until(() -> server.openWatches() == 0);
        try (Socket silent = new Socket("127.0.0.1", server.address().getPort())) {
            silent.setSoTimeout((int) PATIENCE.toMillis());
            // An alert at most, and then the end.
            assertThat(silent.getInputStream().readAllBytes().length).isLessThan(100);
        }
        try (Socket plain = new Socket("127.0.0.1", server.address().getPort())) {
            plain.setSoTimeout((int) PATIENCE.toMillis());
            plain.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(plain.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.0 400 Bad Request\r\n")
                    .endsWith("Client sent an HTTP request to an HTTPS server.\n");
        }
    }
}
