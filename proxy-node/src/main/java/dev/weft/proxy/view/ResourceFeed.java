package dev.weft.proxy.view;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * List and watch of a Kubernetes API, however it is reached: over HTTP, or handed over in memory by a registry in the
 * same process.
 */
public interface ResourceFeed {

    /**
     * Follows all objects of one kind in all namespaces, for ever: after a break it lists and watches again by itself.
     *
     * @param path the collection's path on an API server, e.g. {@code /api/v1/services} or {@code
     *     /apis/discovery.k8s.io/v1/endpointslices}
     * @return stops the following
     */
    Subscription follow(String path, Follower follower);

    /** Hears one collection; called by one thread at a time, must not block. */
    interface Follower {
        /** Whether the metadata of objects is enough, which is all that then may come of them. */
        default boolean metadataOnly() {
            return false;
        }

        /** Whether an object matters; others need not be told by {@link #replaced}, so that a long list is never whole. */
        default boolean wants(JsonNode object) {
            return true;
        }

        /** These are all objects now; whatever else was known is gone. */
        void replaced(List<JsonNode> objects);

        /** One object is new or has changed. */
        void changed(JsonNode object);

        /** One object is gone; its last state. */
        void deleted(JsonNode object);

        /** The API cannot be reached, or fails; tried again by itself. */
        void unavailable(String reason);

        /** The API says that it does not serve this kind, or not to us, or has failed many times; tried again by itself. */
        default void absent(String reason) {
            unavailable(reason);
        }
    }

    /** Ends a following. */
    interface Subscription {
        void stop();
    }
}
