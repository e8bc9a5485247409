package dev.weft.deploy.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.client.ObjectClient;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.registry.Registry;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.resource.Write;
import dev.weft.registry.watch.VersionMatch;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The registry of this process behind the paths of its REST API, so that who writes objects need not know where they are. */
record RegistryObjects(Registry registry, Duration patience) implements ObjectClient {
    /** What a path names; the subresource is empty for the object itself, the name for a collection. */
    private record Target(ResourceKey key, String subresource) {}

    @Override
    public ApiClient.Reply get(String path) {
        Registry.Answer<Resource> answer = await(path, registry.get(target(path).key(), new VersionMatch.MostRecent()));
        return answer instanceof Registry.Answer.Found<Resource> found
                ? ok(found.value())
                : refused(((Registry.Answer.Refused<Resource>) answer).refusal());
    }

    @Override
    public ApiClient.Reply create(String path, JsonNode object) {
        ResourceKey key =
                target(path).key().withName(object.path("metadata").path("name").asText());
        return write(path, new Write.Create(key, JsonBytes.of(object), Write.Options.DEFAULT));
    }

    @Override
    public ApiClient.Reply mergePatch(String path, JsonNode change) {
        Target target = target(path);
        return write(
                path,
                new Write.Patch(
                        target.key(),
                        target.subresource(),
                        Write.PatchType.MERGE_PATCH,
                        new Write.PatchBody(change, false),
                        Write.Options.DEFAULT));
    }

    private ApiClient.Reply write(String path, Write write) {
        Write.Outcome outcome = await(path, registry.write(write));
        return outcome instanceof Write.Outcome.Done done
                ? ok(done.object())
                : refused(((Write.Outcome.Refused) outcome).refusal());
    }

    private Target target(String path) {
        List<String> parts = Arrays.asList(path.substring(1).split("/", -1));
        boolean core = parts.get(0).equals("api");
        String group = core ? "" : parts.get(1);
        List<String> rest = parts.subList(core ? 2 : 3, parts.size());
        boolean inNamespace = rest.get(0).equals("namespaces") && rest.size() > 2;
        String namespace = inNamespace ? rest.get(1) : "";
        List<String> named = inNamespace ? rest.subList(2, rest.size()) : rest;
        ResourceKind kind = registry.kinds().find(group, parts.get(core ? 1 : 2), named.get(0));
        if (kind == null) {
            throw new IllegalArgumentException(path + ": the registry has no such kind");
        }
        return new Target(
                new ResourceKey(kind.type(), namespace, named.size() > 1 ? named.get(1) : ""),
                named.size() > 2 ? named.get(2) : "");
    }

    private static ApiClient.Reply ok(Resource object) {
        ObjectNode tree = object.json().toTree();
        return new ApiClient.Reply(200, "", tree);
    }

    private static ApiClient.Reply refused(Refusal refusal) {
        return new ApiClient.Reply(refusal.reason().httpStatus(), refusal.message(), MissingNode.getInstance());
    }

    private <T> T await(String path, CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailed.failed("interrupted while asking for " + path, e);
        } catch (ExecutionException | TimeoutException e) {
            throw CommandFailed.failed("the registry did not answer for " + path + ": " + e, e);
        }
    }
}
