package dev.weft.api.representation;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.watch.Listing;
import java.util.List;

/** One way to show objects of one kind in one served version. Pure, safe for many threads. */
public interface Representation {
    /** One object, complete. */
    ByteString object(Resource resource);

    /** Whether a list, or else a single object, is what the client asked for in this form. */
    default boolean shows(boolean list) {
        return true;
    }

    /** A page of a collection: what comes first, then each object's part, then the end. */
    Pieces list(Listing listing);

    /**
     * The object of one event of a watch.
     *
     * @param first whether no object was shown before on this watch
     */
    ByteString event(Resource resource, boolean first);

    /**
     * The object of a bookmark.
     *
     * @param initialEventsEnd whether it closes the initial additions
     */
    ByteString bookmark(long version, boolean initialEventsEnd);

    /**
     * An answer in pieces, so that a large one needs not stand in memory as a whole.
     *
     * @param items joined by commas between head and tail
     */
    record Pieces(ByteString head, List<? extends ItemPiece> items, ByteString tail) {}

    /** Writes one item of a list when its turn comes. */
    @FunctionalInterface
    interface ItemPiece {
        ByteString bytes();
    }

    /** The metadata of a list. */
    static void putListMeta(ObjectNode metadata, Listing listing) {
        metadata.put("resourceVersion", Long.toString(listing.version()));
        if (!listing.continuation().isEmpty()) {
            metadata.put("continue", listing.continuation());
            if (listing.remaining() >= 0) {
                metadata.put("remainingItemCount", listing.remaining());
            }
        }
    }
}
