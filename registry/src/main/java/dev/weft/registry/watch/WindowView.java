package dev.weft.registry.watch;

import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All objects as of a version: a value, for any thread.
 *
 * <p>What changed lately may not be in its tree yet. That is put in when somebody asks for the tree, all at once, which
 * costs a fraction of putting it in change by change, and nothing where nobody asks: under a load of writes most versions
 * are never looked at.
 */
public final class WindowView {
    private final Content content;
    private final long version;

    /** @param version every change up to here is in it, and none after */
    public WindowView(ResourceTree objects, long version) {
        this(new Content(new Settled(objects)), version);
    }

    private WindowView(Content content, long version) {
        this.content = content;
        this.version = version;
    }

    /** Every change up to here is in it, and none after. */
    public long version() {
        return version;
    }

    /** Everything. */
    public ResourceTree objects() {
        return content.settle();
    }

    /** One object; does not ask for the tree. */
    public @Nullable Resource get(ResourceKey key) {
        return content.get(key);
    }

    /** The objects after the next change. The tree must be asked for now and then, or what is not in it grows. */
    WindowView after(Change change) {
        return new WindowView(new Content(new Pending(content, change)), change.version());
    }

    /** The same objects as of a later version. */
    WindowView closed(long later) {
        return new WindowView(content, later);
    }

    private sealed interface Form {}

    private record Settled(ResourceTree tree) implements Form {}

    private record Pending(Content before, Change change) implements Form {}

    private static final class Content {
        /** Goes from pending to settled once, or several times to the same. */
        private volatile Form form;

        Content(Form form) {
            this.form = form;
        }

        ResourceTree settle() {
            List<Change> changes = new ArrayList<>();
            Form at = form;
            while (at instanceof Pending pending) {
                changes.add(pending.change());
                at = pending.before().form;
            }
            ResourceTree tree = ((Settled) at).tree();
            if (!changes.isEmpty()) {
                Collections.reverse(changes);
                tree = tree.after(changes);
                form = new Settled(tree);
            }
            return tree;
        }

        @Nullable
        Resource get(ResourceKey key) {
            Form at = form;
            while (at instanceof Pending pending) {
                if (pending.change().key().equals(key)) {
                    return pending.change().after();
                }
                at = pending.before().form;
            }
            return ((Settled) at).tree().get(key);
        }
    }
}
