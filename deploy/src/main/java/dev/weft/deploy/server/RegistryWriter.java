package dev.weft.deploy.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.proxy.view.ResourceWriter;
import dev.weft.registry.Registry;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.resource.Write;
import dev.weft.registry.watch.VersionMatch;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Lets a proxy-node in the same process write to the registry as if over HTTP: the same paths, the same answers. */
final class RegistryWriter implements ResourceWriter {
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int INVALID = 422;

    private final Registry registry;

    RegistryWriter(Registry registry) {
        this.registry = registry;
    }

    @Override
    public CompletionStage<Answer> get(String path) {
        return at(
                path,
                key -> registry.get(key, new VersionMatch.MostRecent())
                        .thenApply(answer -> answer instanceof Registry.Answer.Found<Resource> found
                                ? done(found.value())
                                : refused(((Registry.Answer.Refused<Resource>) answer).refusal())));
    }

    @Override
    public CompletionStage<Answer> create(String path, JsonNode object) {
        String name = object.path("metadata").path("name").asText();
        return at(path + "/" + name, key -> write(new Write.Create(key, JsonBytes.of(object), Write.Options.DEFAULT)));
    }

    @Override
    public CompletionStage<Answer> replace(String path, JsonNode object) {
        return at(path, key -> write(new Write.Update(key, "", JsonBytes.of(object), Write.Options.DEFAULT)));
    }

    @Override
    public CompletionStage<Answer> patch(String path, JsonNode operations) {
        return at(
                path,
                key -> write(new Write.Patch(
                        key,
                        "",
                        Write.PatchType.JSON_PATCH,
                        new Write.PatchBody(operations, false),
                        Write.Options.DEFAULT)));
    }

    private CompletionStage<Answer> write(Write write) {
        return registry.write(write)
                .thenApply(outcome -> outcome instanceof Write.Outcome.Done done
                        ? done(done.object())
                        : refused(((Write.Outcome.Refused) outcome).refusal()));
    }

    private CompletionStage<Answer> at(String path, Function<ResourceKey, CompletionStage<Answer>> request) {
        ResourceKey key = keyOf(path);
        return key == null
                ? CompletableFuture.completedStage(
                        new Answer(Result.FAILED, null, path + ": the registry has no such kind"))
                : request.apply(key).exceptionally(failure -> new Answer(Result.FAILED, null, String.valueOf(failure)));
    }

    /** Of {@code /api/v1/namespaces/NS/PLURAL/NAME} and {@code /apis/GROUP/VERSION/namespaces/NS/PLURAL/NAME}. */
    private @Nullable ResourceKey keyOf(String path) {
        String[] parts = path.split("/", -1);
        int at = parts[1].equals("api") ? 3 : 4;
        if (parts.length != at + 4 || !parts[at].equals("namespaces")) {
            return null;
        }
        ResourceKind kind = registry.kinds().find(parts[1].equals("api") ? "" : parts[2], parts[at - 1], parts[at + 2]);
        return kind == null ? null : new ResourceKey(kind.type(), parts[at + 1], parts[at + 3]);
    }

    private static Answer done(Resource resource) {
        return new Answer(Result.DONE, resource.json().toTree(), "");
    }

    private static Answer refused(Refusal refusal) {
        Result result = switch (refusal.reason().httpStatus()) {
            case NOT_FOUND -> Result.MISSING;
            case CONFLICT, INVALID -> Result.CONFLICT;
            default -> Result.FAILED;
        };
        return new Answer(result, null, refusal.message());
    }
}
