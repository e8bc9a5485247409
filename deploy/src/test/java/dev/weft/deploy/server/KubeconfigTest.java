package dev.weft.deploy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.deploy.client.ApiAccess;
import dev.weft.deploy.terminal.CommandFailed;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A kubeconfig")
class KubeconfigTest {
    @TempDir
    private Path directory;

    private Path file(String cluster, String user) throws IOException {
        return Files.writeString(directory.resolve("config"), """
                current-context: here
                contexts: [{name: here, context: {cluster: c, user: u}}]
                clusters: [{name: c, cluster: {server: "http://127.0.0.1:6443"%s}}]
                users: [{name: u, user: {%s}}]
                """.formatted(cluster, user));
    }

    @Test
    @DisplayName("gives the server of its current context, and the token anew for each request where a file holds it")
    void reads() throws IOException {
        Path token = Files.writeString(directory.resolve("token"), "first\n");
        ApiAccess access = Kubeconfig.read(file("", "tokenFile: token"));
        assertThat(access.server()).isEqualTo(URI.create("http://127.0.0.1:6443"));
        assertThat(access.token().get()).contains("first");
        Files.writeString(token, "second");
        assertThat(access.token().get()).contains("second");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "insecure-skip-tls-verify | , insecure-skip-tls-verify: true | token: t",
                "tls-server-name | , tls-server-name: api.example.org | token: t",
                "proxy-url | , 'proxy-url': 'http://127.0.0.1:1' | token: t",
                "exec | '' | exec: {command: aws}",
                "username | '' | username: ann"
            })
    @DisplayName("that asks for what is not done here is refused by the field's name, never half understood")
    void refuses(String field, String cluster, String user) throws IOException {
        Path file = file(cluster, user);
        assertThatThrownBy(() -> Kubeconfig.read(file))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("--kubeconfig " + file)
                .hasMessageContaining(field + " is not used here; ");
    }
}
