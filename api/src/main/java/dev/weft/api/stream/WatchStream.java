package dev.weft.api.stream;

import akka.NotUsed;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import dev.weft.api.problem.StatusObject;
import dev.weft.api.representation.JsonText;
import dev.weft.api.representation.Representation;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.watch.WatchEvent;
import java.time.Duration;
import java.util.List;

/** Turns the events of a watch into JSON: messages, or lines. */
public final class WatchStream {
    /** Lines that wait for the same slow reader leave as one chunk of about this size. */
    private static final int CHUNK_BYTES = 64 * 1024;

    private static final ByteString END = ByteString.fromString("}");
    private static final ByteString END_OF_LINE = ByteString.fromString("}\n");

    private WatchStream() {}

    /**
     * The events of a watch, one by one.
     *
     * @param shown how objects are shown
     * @param lasting after which the watch ends in good order; the client comes back from where it was
     */
    public static Source<ByteString, NotUsed> messages(
            Source<WatchEvent, NotUsed> events, Representation shown, Duration lasting) {
        return messages(events, shown, lasting, END);
    }

    /** The same as lines. */
    public static Source<ByteString, NotUsed> lines(
            Source<WatchEvent, NotUsed> events, Representation shown, Duration lasting) {
        return messages(events, shown, lasting, END_OF_LINE);
    }

    /** Lines that wait together in one piece. */
    public static Source<ByteString, NotUsed> pieces(Source<ByteString, NotUsed> lines) {
        return lines.batchWeighted(CHUNK_BYTES, line -> (long) line.size(), line -> line, ByteString::concat);
    }

    private static Source<ByteString, NotUsed> messages(
            Source<WatchEvent, NotUsed> events, Representation shown, Duration lasting, ByteString end) {
        return events.takeWithin(lasting).statefulMapConcat(() -> {
            Messages messages = new Messages(shown, end);
            return event -> List.of(messages.message(event));
        });
    }

    /** One watch: remembers whether anything was shown yet. */
    private static final class Messages {
        private final Representation shown;
        private final ByteString end;
        private boolean first = true;

        private Messages(Representation shown, ByteString end) {
            this.shown = shown;
            this.end = end;
        }

        private ByteString message(WatchEvent event) {
            if (event instanceof WatchEvent.Added added) {
                return message("ADDED", object(added.object()));
            }
            if (event instanceof WatchEvent.Modified modified) {
                return message("MODIFIED", object(modified.object()));
            }
            if (event instanceof WatchEvent.Deleted deleted) {
                return message("DELETED", object(deleted.object()));
            }
            if (event instanceof WatchEvent.Bookmark bookmark) {
                return message("BOOKMARK", shown.bookmark(bookmark.version(), bookmark.initialEventsEnd()));
            }
            WatchEvent.Failed failed = (WatchEvent.Failed) event;
            return message("ERROR", JsonText.of(StatusObject.failure(failed.refusal())));
        }

        private ByteString object(Resource resource) {
            ByteString bytes = shown.event(resource, first);
            first = false;
            return bytes;
        }

        private ByteString message(String type, ByteString object) {
            return ByteString.fromString("{\"type\":\"" + type + "\",\"object\":")
                    .concat(object)
                    .concat(end);
        }
    }
}
