package dev.weft.proxy.dataplane;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What this process has open, as the kernel lists it. */
final class OpenFiles {
    private OpenFiles() {}

    /** @param kind how the link of a descriptor begins: {@code socket:}, {@code pipe:} */
    static long count(String kind) throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(link -> isOf(kind, link)).count();
        }
    }

    private static boolean isOf(String kind, Path link) {
        try {
            return Files.readSymbolicLink(link).toString().startsWith(kind);
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }
}
