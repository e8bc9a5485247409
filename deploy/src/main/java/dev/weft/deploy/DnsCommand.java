package dev.weft.deploy;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code weft dns}: what there is to do with names. */
@Command(
        name = "dns",
        description = "Ask for names as programs do.",
        subcommands = DnsQueryCommand.class,
        synopsisSubcommandLabel = "COMMAND")
final class DnsCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command given");
    }
}
