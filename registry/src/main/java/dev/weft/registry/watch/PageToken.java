package dev.weft.registry.watch;

import dev.weft.registry.resource.ResourceKey;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * Where a page of a list ended.
 *
 * @param version of the whole list
 * @param namespace of the last object
 * @param name of the last object
 */
public record PageToken(long version, String namespace, String name) {
    /** What a client hears whose token is too old, in Kubernetes' words. */
    public static final String EXPIRED =
            "The provided continue parameter is too old to display a consistent list result. You must start a new list"
                    + " without the continue parameter.";

    /** What a client hears whose token is none; the same words as Kubernetes'. */
    public static final String INVALID = "invalid continue token: continue key is not valid";

    /** Reads what {@link #text()} wrote; empty if it is something else. */
    public static Optional<PageToken> parse(String text) {
        try {
            String[] parts = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8).split("/", -1);
            return parts.length == 3
                    ? Optional.of(new PageToken(Long.parseLong(parts[0]), parts[1], parts[2]))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Opaque to clients, safe in a URL. */
    public String text() {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((version + "/" + namespace + "/" + name).getBytes(StandardCharsets.UTF_8));
    }

    /** Right after the last object. */
    ResourceKey start(Collection collection) {
        return ResourceTree.after(new ResourceKey(collection.type(), namespace, name));
    }
}
