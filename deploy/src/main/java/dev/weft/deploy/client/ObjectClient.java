package dev.weft.deploy.client;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Objects behind the paths of the REST API, whoever keeps them: a server at the other end of a connection, or the registry
 * in the same process. Calls block until they are answered, for bounded time.
 */
public interface ObjectClient {
    /** One object or collection. */
    ApiClient.Reply get(String path);

    /** Creates in a collection. */
    ApiClient.Reply create(String path, JsonNode object);

    /** Changes the given fields (RFC 7386), of an object or a subresource such as {@code …/status}. */
    ApiClient.Reply mergePatch(String path, JsonNode change);
}
