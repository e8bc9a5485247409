package dev.weft.deploy;

import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code weft version}: which release this is, and of which Java. */
@Command(name = "version", description = "Print the version.")
final class VersionCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        spec.commandLine().getOut().println(text());
    }

    /** {@code weft 0.1.0 (Java 17.0.15)}. */
    static String text() {
        return "weft " + release() + " (Java " + System.getProperty("java.version") + ")";
    }

    /** What the jar's manifest says; {@code development} where classes run without a jar. */
    static String release() {
        String found = VersionCommand.class.getPackage().getImplementationVersion();
        return found == null ? "development" : found;
    }

    /** For {@code weft --version}. */
    static final class Provider implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {text()};
        }
    }
}
