package dev.weft.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.api.TestServer.Reply;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@DisplayName("The API over HTTP")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiRequestsIT {
    private static final String SERVICES = "/api/v1/namespaces/default/services";
    private static final String MERGE = "application/merge-patch+json";

    private TestServer server;

    @BeforeAll
    void start() {
        server = new TestServer();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private static String service(String name) {
        return """
                {"kind":"Service","apiVersion":"v1","metadata":{"name":"%s","labels":{"app":"%s"}},
                 "spec":{"selector":{"app":"web"},"ports":[{"name":"http","port":80,"targetPort":8080}]}}""".formatted(name, name);
    }

    @Test
    @DisplayName("creates, reads, lists, patches and deletes a Service")
    void lifeOfService() {
        Reply created = server.post(SERVICES + "?fieldManager=kubectl-create&fieldValidation=Strict", service("life"));
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        assertThat(created.at("/spec/clusterIP")).startsWith("127.96.");
        Reply read = server.get(SERVICES + "/life");
        assertThat(read.json()).isEqualTo(created.json());
        Reply listed = server.get(SERVICES + "?labelSelector=app%3Dlife&limit=500");
        assertThat(listed.at("/kind")).isEqualTo("ServiceList");
        assertThat(listed.json().at("/items")).hasSize(1);
        assertThat(listed.json().at("/items/0")).isEqualTo(created.json());
        Reply patched = server.patch(SERVICES + "/life", MERGE, "{\"metadata\":{\"labels\":{\"tier\":\"front\"}}}");
        assertThat(patched.status()).as(patched.text()).isEqualTo(200);
        assertThat(patched.at("/metadata/labels/tier")).isEqualTo("front");
        Reply deleted = server.delete(SERVICES + "/life", "{\"propagationPolicy\":\"Background\"}");
        assertThat(deleted.at("/kind")).isEqualTo("Status");
        assertThat(deleted.at("/status")).isEqualTo("Success");
        assertThat(deleted.at("/details/uid")).isEqualTo(created.at("/metadata/uid"));
        assertThat(server.get(SERVICES + "/life").status()).isEqualTo(404);
    }

    @Test
    @DisplayName("answers a missing object with the very bytes that Kubernetes sends")
    void notFound() {
        assertThat(server.get(SERVICES + "/web").text().trim()).isEqualTo("""
                        {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",\
                        "message":"services \\"web\\" not found","reason":"NotFound",\
                        "details":{"name":"web","kind":"services"},"code":404}""");
    }
}
