package dev.weft.proxy.dataplane;

/**
 * How what comes in bulk is passed on, on the native transport; each value is explained in {@code reference.conf}.
 *
 * @param splice whether it goes through pipes of the kernel's, instead of being copied
 * @param readBytes how much is read at once at most
 * @param keptBytes how much of an event loop's may wait to be sent until its connections read less at once
 */
public record BulkSettings(boolean splice, int readBytes, int keptBytes) {
    public BulkSettings {
        if (readBytes < 1 || keptBytes < 0) {
            throw new IllegalArgumentException(
                    "weft.proxy.dataplane.bulk: read=" + readBytes + " kept=" + keptBytes + " (expected: >= 1, >= 0)");
        }
    }
}
