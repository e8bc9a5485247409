package dev.weft.deploy.child;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the {@code weft} command is called from here.
 *
 * @param words what comes before the command's name
 * @param environment what the call adds to the environment
 */
public record WeftProgram(List<String> words, Map<String, String> environment) {
    public WeftProgram {
        words = List.copyOf(words);
        environment = Map.copyOf(environment);
    }

    /** Through the launcher script; never builds. */
    public static WeftProgram launcher(Path script) {
        return new WeftProgram(List.of("/bin/sh", script.toString()), Map.of("WEFT_NO_BUILD", "yes"));
    }

    /** The way this process was called: through the launcher that names itself in the environment, else plainly. */
    public static WeftProgram ofThisProcess() {
        String script = System.getenv("WEFT_LAUNCHER");
        if (script != null && Files.isRegularFile(Path.of(script))) {
            return launcher(Path.of(script));
        }
        String java = Optional.ofNullable(System.getProperty("java.home"))
                .map(home -> Path.of(home, "bin", "java").toString())
                .orElse("java");
        return new WeftProgram(
                List.of(java, "-cp", System.getProperty("java.class.path", ""), "dev.weft.deploy.Main"), Map.of());
    }

    /** The whole command line of one call. */
    public List<String> call(List<String> arguments) {
        List<String> line = new ArrayList<>(words);
        line.addAll(arguments);
        return line;
    }
}
