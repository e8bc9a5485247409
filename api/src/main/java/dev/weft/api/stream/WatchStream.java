package dev.weft.api.stream;

import akka.NotUsed;
import akka.japi.function.Creator;
import akka.japi.function.Function;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import dev.weft.api.problem.StatusObject;
import dev.weft.api.representation.JsonText;
import dev.weft.api.representation.Representation;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.watch.WatchEvent;
import java.time.Duration;
import java.util.List;

/** Turns the events of a watch into lines of JSON. */
public final class WatchStream {
    /** Lines that wait for the same slow reader leave as one chunk of about this size. */
    private static final int CHUNK_BYTES = 64 * 1024;

    private static final ByteString END_OF_LINE = ByteString.fromString("}\n");

    private WatchStream() {}

    /**
     * The lines of a watch.
     *
     * @param shown how objects are shown
     * @param lasting after which the watch ends in good order; the client comes back from where it was
     */
    public static Source<ByteString, NotUsed> lines(
            Source<WatchEvent, NotUsed> events, Representation shown, Duration lasting) {
        return events.takeWithin(lasting)
                .statefulMapConcat(eachLine(shown))
                .batchWeighted(CHUNK_BYTES, line -> (long) line.size(), line -> line, ByteString::concat);
    }

    private static Creator<Function<WatchEvent, Iterable<ByteString>>> eachLine(Representation shown) {
        return () -> {
            Lines lines = new Lines(shown);
            return event -> List.of(lines.line(event));
        };
    }

    /** One watch: remembers whether anything was shown yet. */
    private static final class Lines {
        private final Representation shown;
        private boolean first = true;

        private Lines(Representation shown) {
            this.shown = shown;
        }

        private ByteString line(WatchEvent event) {
            if (event instanceof WatchEvent.Added added) {
                return line("ADDED", object(added.object()));
            }
            if (event instanceof WatchEvent.Modified modified) {
                return line("MODIFIED", object(modified.object()));
            }
            if (event instanceof WatchEvent.Deleted deleted) {
                return line("DELETED", object(deleted.object()));
            }
            if (event instanceof WatchEvent.Bookmark bookmark) {
                return line("BOOKMARK", shown.bookmark(bookmark.version(), bookmark.initialEventsEnd()));
            }
            WatchEvent.Failed failed = (WatchEvent.Failed) event;
            return line("ERROR", JsonText.of(StatusObject.failure(failed.refusal())));
        }

        private ByteString object(Resource resource) {
            ByteString bytes = shown.event(resource, first);
            first = false;
            return bytes;
        }

        private static ByteString line(String type, ByteString object) {
            return ByteString.fromString("{\"type\":\"" + type + "\",\"object\":")
                    .concat(object)
                    .concat(END_OF_LINE);
        }
    }
}
