package dev.weft.deploy.server;

import dev.weft.deploy.terminal.CommandFailed;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server for as long as its process runs. One that keeps no data of its own begins again when the process that keeps
 * it has gone: it serves once that one is back. One of several that share a store begins again when the others put it out,
 * e.g. because it had been paused.
 */
public final class ServerProcess {
    private static final Logger log = LoggerFactory.getLogger(ServerProcess.class);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final ServerSettings settings;
    private volatile WeftServer running;
    private volatile boolean stopping;

    private ServerProcess(ServerSettings settings, WeftServer running) {
        this.settings = settings;
        this.running = running;
    }

    /**
     * Starts it and waits until it serves; begins anew where its cluster puts it out meanwhile.
     *
     * @throws CommandFailed with one sentence; then nothing is left running
     */
    public static ServerProcess start(ServerSettings settings) {
        while (true) {
            try {
                return new ServerProcess(settings, WeftServer.start(settings));
            } catch (WeftServer.PutOutException e) {
                sayPutOut(settings);
            }
        }
    }

    /** The line that says where it serves; it begins with {@code ready}. */
    public String readyLine() {
        return running.readyLine();
    }

    /** Waits until it has stopped for good. */
    public void awaitEnd() {
        running.awaitEnd();
        while (!stopping && settings.joinsAgain()) {
            running.stop();
            sayPutOut(settings);
            begin();
            running.awaitEnd();
        }
    }

    private static void sayPutOut(ServerSettings settings) {
        log.warn(
                settings.holdsShards()
                        ? "The other processes of cluster {} put this one out; joining again"
                        : "The process that keeps the data of cluster {} is gone; joining again",
                settings.cluster());
    }

    private void begin() {
        while (!stopping) {
            try {
                running = WeftServer.start(settings);
                log.info("Joined again: {}", running.readyLine());
                return;
            } catch (WeftServer.PutOutException e) {
                sayPutOut(settings);
            } catch (CommandFailed e) {
                log.warn("{}; trying again", e.getMessage());
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    /** Stops everything in order, in bounded time. Calling it twice is harmless. */
    public void stop() {
        stopping = true;
        running.stop();
    }
}
