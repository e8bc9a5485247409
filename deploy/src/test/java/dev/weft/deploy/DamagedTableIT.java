package dev.weft.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.deploy.testbed.TestBed;
import dev.weft.deploy.testbed.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("A server with a damaged table file")
class DamagedTableIT {
    private static final int NAMESPACES = 20;
    private static final int OBJECTS = 40;

    @RegisterExtension
    final TestBed bed = new TestBed();

    @Test
    @DisplayName("refuses what needs it, serves the rest, tells of it in a few lines, and stops when it is told to")
    void serves() throws Exception {
        Path config = Files.writeString(bed.directory().resolve("small.conf"), """
                weft.registry.journal { write-buffer = 256 KiB, wal = 512 KiB }
                weft.server.start-timeout = 10 s
                """);
        TestServer server = bed.server("east", "--no-proxy", "--config", config.toString());
        server.start();
        for (int i = 0; i < NAMESPACES; i++) {
            server.api().create("/api/v1/namespaces", object("Namespace", "n" + i));
            for (int j = 0; j < OBJECTS; j++) {
                ObjectNode map = object("ConfigMap", "c" + j);
                map.putObject("data").put("key", "x".repeat(1_500) + i + "/" + j);
                assertThat(server.api().create(maps(i), map).status()).isEqualTo(201);
            }
        }
        server.stop();
        damage(server.data().resolve("store"));

        server.begin();
        List<String> refused = new ArrayList<>();
        Awaitility.await().atMost(Duration.ofMinutes(1)).ignoreExceptions().until(() -> {
            refused.clear();
            int taken = 0;
            for (int i = 0; i < NAMESPACES; i++) {
                var answer = server.api().create(maps(i), object("ConfigMap", "new-" + System.nanoTime()));
                if (answer.status() == 201) {
                    taken++;
                } else if (answer.status() == 500) {
                    refused.add(answer.text());
                }
            }
            return taken > NAMESPACES / 2 && taken + refused.size() == NAMESPACES && !refused.isEmpty();
        });
        assertThat(refused).allMatch(text -> text.contains("damaged") && text.contains(".sst offset "));
        long begun = System.nanoTime();
        server.stop();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
        assertThat(Files.readAllLines(server.running().log())).hasSizeLessThan(30);
    }

    private static String maps(int namespace) {
        return "/api/v1/namespaces/n" + namespace + "/configmaps";
    }

    private static ObjectNode object(String kind, String name) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("apiVersion", "v1").put("kind", kind).putObject("metadata").put("name", name);
        return object;
    }

    /** In the midst of the largest one, where events are. */
    private static void damage(Path store) throws IOException {
        Path largest;
        try (Stream<Path> files = Files.list(store)) {
            largest = files.filter(file -> file.toString().endsWith(".sst"))
                    .max(Comparator.comparing(file -> file.toFile().length()))
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(largest);
        bytes[bytes.length / 2] ^= 0x10;
        bytes[bytes.length / 2 + 1] ^= 0x55;
        Files.write(largest, bytes);
    }
}
