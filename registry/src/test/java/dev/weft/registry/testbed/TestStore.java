package dev.weft.registry.testbed;

import dev.weft.registry.journal.StoreAddress;
import java.nio.file.Path;
import java.util.zip.CRC32;

/** The stores that the same tests run on. */
public enum TestStore {
    EMBEDDED,
    POSTGRES;

    /** One server for all tests of this process, begun by the first that needs it. */
    private static final class Server {
        private static final PostgresServer RUNNING = PostgresServer.start();

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(RUNNING::close));
        }
    }

    /** The server that holds the databases of {@link #POSTGRES}. */
    public static PostgresServer server() {
        return Server.RUNNING;
    }

    /** The database that stands for a directory: the same for the same one. */
    public static StoreAddress database(Path directory) {
        CRC32 sum = new CRC32();
        sum.update(directory.toAbsolutePath().toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return server().database("weft_" + Long.toHexString(sum.getValue()));
    }
}
