package dev.weft.deploy;

import dev.weft.deploy.terminal.CommandFailed;
import java.io.PrintWriter;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code weft}: the root of all commands, and how each of them fails: one line on the error stream. */
@Command(
        name = "weft",
        description = "A federated service-discovery and load-balancing mesh for many clusters.",
        versionProvider = VersionCommand.Provider.class,
        subcommands = {
            ServerCommand.class,
            ProxyCommand.class,
            RunCommand.class,
            EnvCommand.class,
            BackendCommand.class,
            KubeconfigCommand.class,
            FederateCommand.class,
            CordonCommand.class,
            StatusCommand.class,
            TopCommand.class,
            ExplainCommand.class,
            DnsCommand.class,
            ResolvConfCommand.class,
            BackupCommand.class,
            RestoreCommand.class,
            DemoCommand.class,
            CompletionCommand.class,
            VersionCommand.class,
            RehearseCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong usage.",
            "First steps: weft demo shows two clusters at work on this machine."
        })
final class WeftCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help and exit.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version and exit.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean version;

    @Option(
            names = "--debug",
            scope = ScopeType.INHERIT,
            description = "Show where a failure came from, and log in detail.")
    private boolean debug;

    /** Runs one command line and returns its exit code. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        CommandLine line = new CommandLine(new WeftCommand())
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(usageOnOneLine())
                .setExecutionExceptionHandler(failureOnOneLine());
        return line.execute(args);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command given");
    }

    private static IParameterExceptionHandler usageOnOneLine() {
        return (problem, args) -> {
            CommandLine line = problem.getCommandLine();
            line.getErr()
                    .println("weft: " + oneLine(problem.getMessage()) + "; see "
                            + line.getCommandSpec().qualifiedName() + " --help");
            return CommandFailed.USAGE;
        };
    }

    private static IExecutionExceptionHandler failureOnOneLine() {
        return (problem, line, parsed) -> {
            boolean debug = isDebug(line);
            if (problem instanceof CommandFailed failed) {
                line.getErr().println("weft: " + oneLine(failed.getMessage()));
                if (debug) {
                    failed.printStackTrace(line.getErr());
                }
                return failed.exitCode();
            }
            line.getErr()
                    .println("weft: unexpected: " + oneLine(problem.toString())
                            + (debug ? "" : "; run again with --debug for the whole story and report it"));
            if (debug) {
                problem.printStackTrace(line.getErr());
            }
            return CommandFailed.FAILED;
        };
    }

    /** Whether {@code --debug} was given anywhere on the command line. */
    static boolean isDebug(CommandLine line) {
        Object root = line.getCommandSpec().root().userObject();
        return root instanceof WeftCommand weft && weft.debug;
    }

    private static String oneLine(@org.jspecify.annotations.Nullable String text) {
        return Objects.requireNonNullElse(text, "no reason given").replaceAll("\\s*\\R\\s*", "; ");
    }
}
