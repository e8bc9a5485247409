package dev.weft.api.rest;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.body.RequestBodies;
import dev.weft.api.problem.RequestRefused;
import dev.weft.api.problem.StatusObject;
import dev.weft.registry.Registry;
import dev.weft.registry.resource.Write.Outcome;
import java.util.concurrent.CompletionStage;

/**
 * {@code POST …/pods/NAME/eviction}, which {@code kubectl drain} sends for each Pod of a node: a deletion that budgets could
 * forbid. No budgets are served here, so that it comes to a deletion with the same options.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/">API-initiated eviction</a>
 */
final class Evictions {
    private static final RequestBodies.Expected EVICTION =
            new RequestBodies.Expected("policy/v1", "Eviction", "policy/v1");

    private final Registry registry;
    private final RequestBodies bodies;
    private final BodyReading reading;

    Evictions(Registry registry, RequestBodies bodies, BodyReading reading) {
        this.registry = registry;
        this.bodies = bodies;
        this.reading = reading;
    }

    CompletionStage<HttpResponse> evict(Exchange exchange, ResourceTarget target) {
        WriteOptions options = new WriteOptions(exchange.query(), exchange.userAgent(), "CreateOptions");
        Answers answers = Answers.to(exchange);
        return reading.read(exchange).thenCompose(bytes -> {
            ObjectNode eviction =
                    bodies.object(exchange.contentType(), bytes, EVICTION).tree();
            String name = eviction.path("metadata").path("name").asText(target.name());
            if (!name.equals(target.name())) {
                throw RequestRefused.badRequest("name in URL does not match name in Eviction object: " + name
                        + " (expected: " + target.name() + ")");
            }
            return registry.write(options.delete(target.key(), eviction.path("deleteOptions")))
                    .thenApply(outcome -> outcome instanceof Outcome.Refused refused
                            ? answers.refused(refused.refusal())
                            : answers.json(201, StatusObject.success(201)));
        });
    }
}
