package dev.weft.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How a long-running command ends: SIGTERM, Ctrl-C, or the end of the parent that holds its standard input. Whatever it
 * is, the command's own stop runs to its end, then the process ends with code 0 unless the command says otherwise.
 */
final class ProcessEnd {
    private final AtomicBoolean byItself = new AtomicBoolean();
    private final AtomicBoolean underWay = new AtomicBoolean();

    private final int code;

    private ProcessEnd(int code) {
        this.code = code;
    }

    /**
     * Arranges for a stop.
     *
     * @param withParent whether the end of the standard input counts as a signal
     * @param stop called once, from a thread of its own; may block, for bounded time
     */
    static ProcessEnd onSignal(boolean withParent, Runnable stop) {
        return onSignal(withParent, stop, 0);
    }

    /** The same with another exit code, for a command that a signal keeps from doing what it was asked for. */
    static ProcessEnd onSignal(boolean withParent, Runnable stop, int code) {
        ProcessEnd end = new ProcessEnd(code);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end.stopAndHalt(stop), "weft-stop"));
        if (withParent) {
            Thread watch = new Thread(ProcessEnd::exitWhenInputEnds, "weft-parent-watch");
            watch.setDaemon(true);
            watch.start();
        }
        return end;
    }

    /** The command ended without a signal: its own exit code counts. */
    void endedByItself() {
        byItself.set(true);
    }

    /** Whether a signal has come. */
    boolean isUnderWay() {
        return underWay.get();
    }

    /** Waits for a signal. */
    static void await(CountDownLatch signal) {
        try {
            signal.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void stopAndHalt(Runnable stop) {
        if (byItself.get()) {
            return;
        }
        underWay.set(true);
        stop.run();
        System.out.flush();
        // A virtual machine that was told to end by a signal would report 128 + the signal, which reads like a crash.
        Runtime.getRuntime().halt(code);
    }

    private static void exitWhenInputEnds() {
        InputStream input = System.in;
        try {
            while (input.read() >= 0) {
                // what the parent says does not matter, only that it is there
            }
        } catch (IOException e) {
            // a broken pipe is an end too
        }
        System.exit(0);
    }
}
