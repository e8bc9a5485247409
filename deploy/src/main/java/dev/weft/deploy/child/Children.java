package dev.weft.deploy.child;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** All processes that one owner started; closing it ends them all, and so does the end of this process. */
public final class Children implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final WeftProgram program;
    private final Set<Child> running = ConcurrentHashMap.newKeySet();
    private final Thread lastResort = new Thread(this::killAll, "weft-kill-children");

    public Children(WeftProgram program) {
        this.program = program;
        Runtime.getRuntime().addShutdownHook(lastResort);
    }

    /** Starts {@code weft} with these arguments, so that it ends with us. */
    public Child start(String name, List<String> arguments, Path log) {
        List<String> all = new ArrayList<>(arguments);
        int end = all.indexOf("--"); // what comes after is another command's
        all.add(end < 0 ? all.size() : end, "--exit-with-parent");
        running.removeIf(child -> !child.isAlive());
        Child child = Child.start(name, program, all, log);
        running.add(child);
        return child;
    }

    /** Ends all at once, without asking. */
    public void killAll() {
        running.forEach(Child::kill);
    }

    /** Asks all to stop, and kills those that do not. */
    @Override
    public void close() {
        running.stream()
                .filter(Child::isAlive)
                .map(child -> new Thread(() -> child.stop(PATIENCE), "stop " + child.name()))
                .peek(Thread::start)
                .toList()
                .forEach(Children::join);
        killAll();
        running.clear();
        try {
            Runtime.getRuntime().removeShutdownHook(lastResort);
        } catch (IllegalStateException e) {
            // this process is ending already: the hook finds nothing left to do
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
