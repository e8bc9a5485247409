package dev.weft.registry.federation;

import dev.weft.registry.endpoints.EndpointPort;
import dev.weft.registry.endpoints.SliceContent;
import dev.weft.registry.endpoints.SliceEndpoint;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * 16 bytes that stand for what a slice says: equal for equal contents, and for no others that anybody could find. Kept of
 * each imported slice instead of the content, which is stored in the shard already and takes three hundred times as much.
 */
record SliceFingerprint(long high, long low) {

    static SliceFingerprint of(SliceContent content) {
        Writer out = new Writer();
        out.text(content.addressType());
        out.number(content.ports().size());
        for (EndpointPort port : content.ports()) {
            out.text(port.name());
            out.text(port.protocol());
            out.number(port.port());
            out.text(port.appProtocol());
        }
        out.number(content.endpoints().size());
        content.endpoints().forEach(endpoint -> add(out, endpoint));
        out.texts(content.labels());
        out.texts(content.annotations());
        out.number(content.owners().size());
        for (SliceContent.Owner owner : content.owners()) {
            out.text(owner.apiVersion());
            out.text(owner.kind());
            out.text(owner.name());
            out.text(owner.uid());
        }
        return out.fingerprint();
    }

    private static void add(Writer out, SliceEndpoint endpoint) {
        out.texts(endpoint.addresses());
        out.flag(endpoint.ready());
        out.flag(endpoint.serving());
        out.flag(endpoint.terminating());
        out.text(endpoint.hostname());
        out.text(endpoint.nodeName());
        out.text(endpoint.zone());
        SliceEndpoint.Target target = endpoint.target();
        out.flag(target != null);
        if (target != null) {
            out.text(target.kind());
            out.text(target.namespace());
            out.text(target.name());
            out.text(target.uid());
        }
        out.texts(endpoint.forZones());
        out.texts(endpoint.forNodes());
        Integer weight = endpoint.weight();
        out.number(weight == null ? -1 : weight);
    }

    /** Every part with its length, so that no two contents are written alike. */
    private static final class Writer {
        private ByteBuffer bytes = ByteBuffer.allocate(4096);

        private void number(int number) {
            room(Integer.BYTES).putInt(number);
        }

        private void flag(@Nullable Boolean flag) {
            room(1).put((byte) (flag == null ? 0 : flag ? 1 : 2));
        }

        private void text(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            number(utf8.length);
            room(utf8.length).put(utf8);
        }

        private void texts(List<String> texts) {
            number(texts.size());
            texts.forEach(this::text);
        }

        private void texts(Map<String, String> texts) {
            number(texts.size());
            new TreeMap<>(texts).forEach((name, value) -> {
                text(name);
                text(value);
            });
        }

        private ByteBuffer room(int needed) {
            if (bytes.remaining() < needed) {
                ByteBuffer larger = ByteBuffer.allocate(2 * bytes.capacity() + needed);
                larger.put(bytes.flip());
                bytes = larger;
            }
            return bytes;
        }

        private SliceFingerprint fingerprint() {
            try {
                MessageDigest sha = MessageDigest.getInstance("SHA-256");
                sha.update(bytes.flip());
                ByteBuffer digest = ByteBuffer.wrap(sha.digest());
                return new SliceFingerprint(digest.getLong(), digest.getLong());
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("SHA-256: missing (expected: every Java runtime has it)", e);
            }
        }
    }
}
