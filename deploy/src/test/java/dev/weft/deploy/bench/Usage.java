package dev.weft.deploy.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * What a process has used so far, as the kernel counts it.
 *
 * @param cpuMillis processor time, of all its threads, in user and in kernel mode
 * @param residentKib memory in RAM
 */
record Usage(long cpuMillis, long residentKib) {
    /** The kernel counts in hundredths of a second, whatever its own tick is. */
    private static final long MILLIS_PER_TICK = 10;

    static Usage of(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
            // The name in parentheses may hold blanks; utime and stime are the 12th and 13th word after it.
            String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            long ticks = Long.parseLong(words[11]) + Long.parseLong(words[12]);
            return new Usage(ticks * MILLIS_PER_TICK, resident(pid));
        } catch (IOException e) {
            throw new UncheckedIOException("process " + pid + " is gone", e);
        }
    }

    private static long resident(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status"))) {
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
