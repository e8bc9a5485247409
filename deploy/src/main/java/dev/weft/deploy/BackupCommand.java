package dev.weft.deploy;

import dev.weft.deploy.client.Backup;
import dev.weft.deploy.client.BackupFile;
import dev.weft.deploy.terminal.CommandFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weft backup}: all objects of a running cluster into a file. */
@Command(
        name = "backup",
        description = "Write all objects of a running cluster, as of one moment, into a file with a checksum.",
        footer = {"", "The file holds Secrets in clear; only its owner may read it."})
final class BackupCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "FILE",
            description = "The file; replaced, as a whole, if it is there. A pipe or a device is written into.")
    private Path file = Path.of("");

    @Mixin
    private ApiOptions api = new ApiOptions();

    @Override
    public Integer call() {
        BackupFile backup = Backup.of(api.client());
        try {
            backup.write(file);
        } catch (IOException e) {
            throw CommandFailed.failed("the backup cannot be written to " + file + ": " + e, e);
        }
        // What is no file may be this command's own output.
        (Files.isRegularFile(file)
                        ? spec.commandLine().getOut()
                        : spec.commandLine().getErr())
                .println("saved " + backup.entries().size() + " objects of cluster " + backup.cluster()
                        + " as of version " + backup.version() + " in " + file);
        return 0;
    }
}
