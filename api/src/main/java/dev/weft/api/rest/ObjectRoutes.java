package dev.weft.api.rest;

import akka.http.javadsl.model.HttpResponse;
import dev.weft.api.discovery.ServedResource;
import dev.weft.api.problem.Refusals;
import dev.weft.api.problem.RequestRefused;
import java.util.concurrent.CompletionStage;

/** From a method and what a URL names to what is done: the verbs of Kubernetes. */
final class ObjectRoutes {
    private final ReadRoutes reads;
    private final WriteRoutes writes;
    private final Evictions evictions;
    private final ReadableObjects stored;

    ObjectRoutes(ReadRoutes reads, WriteRoutes writes, Evictions evictions, ReadableObjects stored) {
        this.reads = reads;
        this.writes = writes;
        this.evictions = evictions;
        this.stored = stored;
    }

    /** Reads or watches. */
    CompletionStage<HttpResponse> read(Exchange exchange, ResourceTarget target, ReadableObjects from, Seen seen) {
        boolean watch = target.collection() && exchange.query().flag("watch");
        seen.is(
                watch ? "watch" : target.collection() ? "list" : "get",
                target.kind().type().toString());
        return reads.read(exchange, target, from);
    }

    /** Does to what is stored what the method says. */
    CompletionStage<HttpResponse> answer(Exchange exchange, ResourceTarget target, Seen seen) {
        String resource = target.kind().type().toString();
        boolean object = !target.collection();
        boolean whole = target.subresource().isEmpty();
        boolean writable = !target.everywhere();
        if (target.eviction()) {
            seen.is("create", resource + "/eviction");
            requireMethod(exchange, "POST");
            return evictions.evict(exchange, target);
        }
        if (target.finalizers()) {
            requireMethod(exchange, "PUT");
        }
        switch (exchange.method()) {
            case "GET" -> {
                return read(exchange, target, stored, seen);
            }
            case "POST" -> {
                seen.is("create", resource);
                if (!object && writable) {
                    return writes.create(exchange, target);
                }
            }
            case "PUT" -> {
                seen.is("update", resource);
                if (object) {
                    return writes.update(exchange, target);
                }
            }
            case "PATCH" -> {
                seen.is("patch", resource);
                if (object) {
                    return writes.patch(exchange, target);
                }
            }
            case "DELETE" -> {
                seen.is(object ? "delete" : "deletecollection", resource);
                if (object && whole) {
                    return writes.delete(exchange, target);
                }
                if (!object && writable && ServedResource.deletesCollections(target.kind())) {
                    return writes.deleteCollection(exchange, target);
                }
            }
            default -> seen.is("other", resource);
        }
        throw new RequestRefused(Refusals.methodNotAllowed());
    }

    /** Refuses any other method. */
    static void requireMethod(Exchange exchange, String method) {
        if (!exchange.method().equals(method)) {
            throw new RequestRefused(Refusals.methodNotAllowed());
        }
    }
}
