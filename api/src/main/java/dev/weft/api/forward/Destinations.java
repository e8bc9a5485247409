package dev.weft.api.forward;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.forward.ReadyAddresses.ReadyAddress;
import dev.weft.api.problem.Refusals;
import dev.weft.api.problem.RequestRefused;
import dev.weft.registry.Registry;
import dev.weft.registry.Registry.Answer;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.watch.VersionMatch;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;

/** Finds where a request goes, by what the registry holds now. Safe for many threads. */
final class Destinations {
    private static final ResourceType SERVICES = new ResourceType("", "services");
    private static final ResourceType ENDPOINTS = new ResourceType("", "endpoints");
    private static final ResourceType PODS = new ResourceType("", "pods");

    private final Registry registry;
    private final RandomGenerator random;

    Destinations(Registry registry, RandomGenerator random) {
        this.registry = registry;
        this.random = random;
    }

    /** Fails with {@link RequestRefused}, in the words of kube-apiserver, where there is no way. */
    CompletionStage<Destination> of(ForwardTarget target) {
        String what = target.service() ? "service" : "pod";
        if (!target.valid()) {
            throw RequestRefused.badRequest("invalid " + what + " request \"" + target.id() + "\"");
        }
        return target.service() ? ofService(target) : ofPod(target);
    }

    private CompletionStage<Destination> ofService(ForwardTarget target) {
        return get(SERVICES, target.namespace(), target.name())
                .thenApply(service -> portName(service, target))
                .thenCompose(port -> get(ENDPOINTS, target.namespace(), target.name())
                        .thenApply(endpoints -> ReadyAddresses.of(endpoints, target.namespace(), port)))
                .thenCompose(ready -> firstAlive(target, ready, ready.isEmpty() ? 0 : random.nextInt(ready.size()), 0));
    }

    private static String portName(JsonNode service, ForwardTarget target) {
        String name = ReadyAddresses.portName(service, target.port());
        if (name == null) {
            throw new RequestRefused(Refusals.unavailable(
                    "no service port " + target.port() + " found for service \"" + target.name() + "\""));
        }
        return name;
    }

    /** Goes round from a random one to the first whose Pod has that address; nearly always the one it begins with. */
    private CompletionStage<Destination> firstAlive(
            ForwardTarget target, List<ReadyAddress> ready, int from, int tried) {
        if (tried == ready.size()) {
            return CompletableFuture.failedStage(
                    new RequestRefused(Refusals.unavailable("no endpoints available for service \"" + target.id() + "\""
                            + (ready.isEmpty()
                                    ? ""
                                    : " (of its ready ones, none is an address of the Pod that it names, or all are on"
                                            + " loopback at ports that no container of theirs declares)"))));
        }
        ReadyAddress next = ready.get((from + tried) % ready.size());
        Destination destination = next.destination();
        ResourceKey key = new ResourceKey(PODS, target.namespace(), next.pod());
        return registry.get(key, new VersionMatch.Any()).thenCompose(answer -> {
            boolean alive = answer instanceof Answer.Found<Resource> found
                    && livesAt(found.value().json().toTree(), destination);
            return alive ? CompletableFuture.completedStage(destination) : firstAlive(target, ready, from, tried + 1);
        });
    }

    private static boolean livesAt(JsonNode pod, Destination destination) {
        return Destination.addresses(pod).contains(destination.host())
                && Destination.allowed(pod, destination.host(), destination.port());
    }

    private CompletionStage<Destination> ofPod(ForwardTarget target) {
        return get(PODS, target.namespace(), target.name()).thenApply(pod -> {
            String host = pod.path("status").path("podIP").asText("");
            if (host.isEmpty()) {
                throw new RequestRefused(Refusals.unavailable("pod \"" + target.name() + "\" has no address yet"));
            }
            Destination destination = new Destination(host, podPort(pod, target));
            if (!Destination.allowed(pod, host, destination.port())) {
                throw RequestRefused.badRequest("address not allowed");
            }
            return destination;
        });
    }

    private static int podPort(JsonNode pod, ForwardTarget target) {
        int standard = target.tls() ? 443 : 80;
        if (target.port().isEmpty()) {
            int first = Destination.firstPort(pod);
            return first == 0 ? standard : first;
        }
        boolean number = target.port().length() <= 5 && target.port().chars().allMatch(c -> c >= '0' && c <= '9');
        int port = number ? Integer.parseInt(target.port()) : 0;
        if (port < 1 || port > 65_535) {
            throw RequestRefused.badRequest("invalid pod request \"" + target.id() + "\"");
        }
        return port;
    }

    private CompletionStage<JsonNode> get(ResourceType type, String namespace, String name) {
        return registry.get(new ResourceKey(type, namespace, name), new VersionMatch.MostRecent())
                .thenApply(answer -> {
                    if (answer instanceof Answer.Refused<Resource> refused) {
                        throw new RequestRefused(refused.refusal());
                    }
                    return ((Answer.Found<Resource>) answer).value().json().toTree();
                });
    }
}
