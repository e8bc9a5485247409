package dev.weft.registry.journal;

import akka.persistence.serialization.Snapshot;
import akka.serialization.Serialization;
import akka.serialization.Serializer;
import akka.serialization.Serializers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * How a snapshot is cut into parts, and the head that makes them valid: length, checksum (CRC-32C), and, since snapshots
 * are written part by part, the serializer and its manifest. A head of the first two only is followed by what Akka's own
 * form of a snapshot holds in one piece.
 */
final class SnapshotForm {
    private static final int OLD_HEAD = 2 * Long.BYTES;
    private static final int IN_ONE_PIECE = -1;

    private SnapshotForm() {}

    /** Where parts are. */
    interface Source {
        byte @Nullable [] part(int number) throws RocksDBException;
    }

    /** A snapshot on its way to the disk. Each part is made when it is asked for, for one thread after the other. */
    static final class Parts {
        private final Iterator<byte[]> parts;
        private final int serializer;
        private final String manifest;
        private final CRC32C sum = new CRC32C();
        private long length;

        private Parts(Iterator<byte[]> parts, int serializer, String manifest) {
            this.parts = parts;
            this.serializer = serializer;
            this.manifest = manifest;
        }

        /** The next part; empty after the last. */
        Optional<byte[]> next() {
            if (!parts.hasNext()) {
                return Optional.empty();
            }
            byte[] part = parts.next();
            sum.update(part);
            length += part.length;
            return Optional.of(part);
        }

        /** What is to be written after the last part. */
        byte[] head() {
            byte[] name = manifest.getBytes(StandardCharsets.UTF_8);
            boolean old = serializer == IN_ONE_PIECE;
            ByteBuffer head = ByteBuffer.allocate(old ? OLD_HEAD : OLD_HEAD + Integer.BYTES + name.length);
            head.putLong(length).putLong(sum.getValue());
            return old ? head.array() : head.putInt(serializer).put(name).array();
        }
    }

    static Parts parts(Serialization serialization, Object snapshot, int bytes) {
        Serializer serializer = serialization.findSerializerFor(snapshot);
        if (serializer instanceof StreamedForm form && form.isStreamed(snapshot)) {
            return new Parts(
                    form.parts(snapshot, bytes),
                    serializer.identifier(),
                    Serializers.manifestFor(serializer, snapshot));
        }
        byte[] whole = serialization.serialize(new Snapshot(snapshot)).get();
        return new Parts(new Slices(whole, bytes), IN_ONE_PIECE, "");
    }

    /** @throws IOException if parts are missing, damaged, or in no known form */
    static Object read(Serialization serialization, byte[] head, Source source) throws IOException {
        ByteBuffer values = ByteBuffer.wrap(head);
        PartStream in = new PartStream(source, values.getLong());
        long sum = values.getLong();
        Object value;
        try {
            value = values.hasRemaining()
                    ? streamed(serialization, values, in)
                    : serialization
                            .deserialize(in.readAllBytes(), Snapshot.class)
                            .get()
                            .data();
        } catch (IOException | RuntimeException e) {
            in.drain();
            // What is damaged is often not in its form either: the checksum says which it is.
            if (in.sum() == sum) {
                throw e;
            }
            throw new IOException("its checksum differs", e);
        }
        in.drain();
        if (in.sum() != sum) {
            throw new IOException("its checksum differs");
        }
        return value;
    }

    private static Object streamed(Serialization serialization, ByteBuffer values, InputStream in) throws IOException {
        int identifier = values.getInt();
        String manifest = StandardCharsets.UTF_8.decode(values).toString();
        Serializer serializer =
                serialization.serializerByIdentity().get(identifier).getOrElse(() -> null);
        if (serializer instanceof StreamedForm form) {
            return form.read(manifest, in);
        }
        throw new IOException("serializer: " + identifier + " (expected: one that reads streams), for " + manifest);
    }

    private static final class Slices implements Iterator<byte[]> {
        private final byte[] whole;
        private final int bytes;
        private int at;

        Slices(byte[] whole, int bytes) {
            this.whole = whole;
            this.bytes = bytes;
        }

        @Override
        public boolean hasNext() {
            return at < whole.length;
        }

        @Override
        public byte[] next() {
            byte[] slice = Arrays.copyOfRange(whole, at, Math.min(whole.length, at + bytes));
            at += slice.length;
            return slice;
        }
    }

    /** The parts one after the other, of which only one is in memory. */
    private static final class PartStream extends InputStream {
        private final Source source;
        private final long length;
        private final CRC32C sum = new CRC32C();
        private byte[] part = new byte[0];
        private int at;
        private int parts;
        private long fetched;

        PartStream(Source source, long length) {
            this.source = source;
            this.length = length;
        }

        /** The checksum of all that was read. */
        long sum() {
            return sum.getValue();
        }

        void drain() throws IOException {
            while (fetch()) {
                at = part.length;
            }
        }

        @Override
        public int read() throws IOException {
            return fetch() ? part[at++] & 0xff : -1;
        }

        @Override
        public int read(byte[] into, int from, int most) throws IOException {
            if (most == 0) {
                return 0;
            }
            if (!fetch()) {
                return -1;
            }
            int taken = Math.min(most, part.length - at);
            System.arraycopy(part, at, into, from, taken);
            at += taken;
            return taken;
        }

        /** Whether there is a byte to be read. */
        private boolean fetch() throws IOException {
            while (at == part.length && fetched < length) {
                try {
                    byte[] next = source.part(parts);
                    if (next == null) {
                        throw new IOException("part " + parts + " is missing");
                    }
                    part = next;
                } catch (RocksDBException e) {
                    throw new IOException("part " + parts + " cannot be read: " + e.getMessage(), e);
                }
                sum.update(part);
                fetched += part.length;
                parts++;
                at = 0;
            }
            return at < part.length;
        }
    }
}
