package dev.weft.deploy.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a process has used so far, as the kernel counts it.
 *
 * @param cpuMillis processor time, of all its threads, in user and in kernel mode
 * @param residentKib memory in RAM
 */
record Usage(long cpuMillis, long residentKib) {
    /** The kernel counts in hundredths of a second, whatever its own tick is. */
    private static final long MILLIS_PER_TICK = 10;

    private static final Pattern COMPILER = Pattern.compile("C[12] Compiler");

    static Usage of(long pid) {
        try {
            return new Usage(Ticks.of(directory(pid)).millis(), resident(pid));
        } catch (IOException e) {
            throw new UncheckedIOException("process " + pid + " is gone", e);
        }
    }

    /** The processor time that the compilers of a Java process have taken so far. */
    static long compilerMillis(long pid) {
        long millis = 0;
        try (Stream<Path> threads = Files.list(directory(pid).resolve("task"))) {
            for (Path thread : threads.toList()) {
                try {
                    Ticks ticks = Ticks.of(thread);
                    millis += COMPILER.matcher(ticks.name).lookingAt() ? ticks.millis() : 0;
                } catch (IOException e) {
                    // The thread has ended since.
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("process " + pid + " is gone", e);
        }
        return millis;
    }

    private static Path directory(long pid) {
        return Path.of("/proc", String.valueOf(pid));
    }

    /** What the kernel has counted of a process or a thread. */
    private record Ticks(String name, long count) {
        static Ticks of(Path directory) throws IOException {
            String stat = Files.readString(directory.resolve("stat"));
            // The name in parentheses may hold blanks; utime and stime are the 12th and 13th word after it.
            int end = stat.lastIndexOf(')');
            String[] words = stat.substring(end + 2).split(" ", -1);
            return new Ticks(
                    stat.substring(stat.indexOf('(') + 1, end), Long.parseLong(words[11]) + Long.parseLong(words[12]));
        }

        long millis() {
            return count * MILLIS_PER_TICK;
        }
    }

    private static long resident(long pid) throws IOException {
        for (String line : Files.readAllLines(directory(pid).resolve("status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return 0;
    }

    /** Memory after a Java process has collected its garbage, which would otherwise be counted with what is in use. */
    static Usage afterCollection(long pid) {
        Path tool = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        try {
            Process process = new ProcessBuilder(tool.toString(), String.valueOf(pid), "GC.run")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + tool + ": benchmarks need a JDK", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return of(pid);
    }

    double residentMib() {
        return residentKib / 1024.0;
    }

    /** Microseconds of processor time for each of so many operations since an earlier look. */
    double microsEach(Usage since, long operations) {
        return (cpuMillis - since.cpuMillis) * 1000.0 / Math.max(1, operations);
    }
}
