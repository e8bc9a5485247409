package dev.weft.registry.journal;

import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;

/**
 * What a serializer of Akka's may be besides: one that writes large values in parts and reads them from a stream, so that
 * they are never in memory twice.
 */
public interface StreamedForm {
    /** Whether a value is one of those. */
    boolean isStreamed(Object value);

    /** The serialized value in parts, each made when it is asked for and of about so many bytes. */
    Iterator<byte[]> parts(Object value, int bytes);

    /**
     * What was written under a manifest.
     *
     * @throws IOException if the stream fails, or holds something else
     */
    Object read(String manifest, InputStream from) throws IOException;
}
