package dev.weft.deploy.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.tls.ClusterKeys;
import dev.weft.registry.Registry;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.resource.Write;
import dev.weft.registry.watch.VersionMatch;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The keys of the API for further processes of a cluster, which keep no data: a Secret in {@code kube-system}. Whoever may
 * read the Secrets there can be anyone, as in Kubernetes; none of the roles that are given for namespaces reaches there.
 */
final class SharedKeys {
    private static final ResourceKey KEY =
            new ResourceKey(new ResourceType("", "secrets"), "kube-system", "weft-api-keys");

    private final Registry registry;

    SharedKeys(Registry registry) {
        this.registry = registry;
    }

    /** Lets the others have the keys of the process that keeps the data; a Secret that says otherwise is set right. */
    CompletionStage<Void> publish(ClusterKeys keys) {
        ObjectNode secret = JsonNodeFactory.instance.objectNode();
        secret.put("apiVersion", "v1").put("kind", "Secret").put("type", "weft.dev/api-keys");
        secret.putObject("metadata").put("namespace", KEY.namespace()).put("name", KEY.name());
        ObjectNode data = secret.putObject("data");
        keys.toPem().forEach((part, pem) -> data.put(part, encoded(pem)));
        ObjectNode change = JsonNodeFactory.instance.objectNode();
        change.set("data", data);
        return registry.write(new Write.Create(KEY, JsonBytes.of(secret), Write.Options.DEFAULT))
                .thenCompose(created -> isThere(created)
                        ? registry.write(new Write.Patch(
                                KEY,
                                "",
                                Write.PatchType.MERGE_PATCH,
                                new Write.PatchBody(change, false),
                                Write.Options.DEFAULT))
                        : CompletableFuture.completedStage(created))
                .thenAccept(outcome -> {
                    if (outcome instanceof Write.Outcome.Refused refused) {
                        throw new IllegalStateException(refused.refusal().message());
                    }
                });
    }

    private static boolean isThere(Write.Outcome created) {
        return created instanceof Write.Outcome.Refused refused
                && refused.refusal().reason() == Refusal.Reason.AlreadyExists;
    }

    /** The keys that were published; empty if none were. */
    CompletionStage<Optional<ClusterKeys>> fetch() {
        return registry.get(KEY, new VersionMatch.MostRecent()).thenApply(answer -> {
            if (!(answer instanceof Registry.Answer.Found<Resource> found)) {
                return Optional.empty();
            }
            Map<String, String> parts = new HashMap<>();
            found.value()
                    .json()
                    .toTree()
                    .path("data")
                    .properties()
                    .forEach(each ->
                            parts.put(each.getKey(), decoded(each.getValue().asText())));
            try {
                return Optional.of(ClusterKeys.ofPem(parts));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("the Secret " + KEY + " is of no use: " + e.getMessage(), e);
            }
        });
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String decoded(String text) {
        return new String(Base64.getDecoder().decode(text), StandardCharsets.US_ASCII);
    }
}
