package dev.weft.deploy;

import dev.weft.deploy.client.BackupFile;
import dev.weft.deploy.server.StoreOption;
import dev.weft.deploy.server.StoreRestore;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.registry.journal.StoreAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weft restore}: an empty store from a backup. */
@Command(
        name = "restore",
        description = "Fill an empty data directory, or an empty shared store, from a backup. No server may run on it.",
        footer = {
            "",
            "Objects keep their identities and versions; later versions are later than any before. Watches begin anew.",
            "The cluster's key is not in a backup: a cluster that is restored elsewhere joins its federation anew."
        })
final class RestoreCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "FILE", description = "What weft backup wrote.")
    private Path file = Path.of("");

    @Option(names = "--data", paramLabel = "DIR", description = "The data directory of the server to be.")
    private @Nullable Path data;

    @Option(names = "--store", paramLabel = "URL", description = "The shared store, as for weft server.")
    private @Nullable String store;

    @Option(
            names = "--store-password-file",
            paramLabel = "FILE",
            description = "A file whose first line is the password for --store (or set WEFT_STORE_PASSWORD).")
    private @Nullable Path storePassword;

    @Option(names = "--cluster", paramLabel = "NAME", description = "The cluster's name (default: as in the backup).")
    private @Nullable String cluster;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "A configuration file that overrides the defaults: the one that the server will have.")
    private @Nullable Path config;

    @Override
    public Integer call() {
        Logging.configure(WeftCommand.isDebug(spec.commandLine()));
        Path directory = data;
        if ((directory == null) == (store == null)) {
            throw CommandFailed.usage("restore: name either --data DIR or --store URL");
        }
        Optional<StoreAddress> address = StoreOption.read(store, storePassword, System.getenv("WEFT_STORE_PASSWORD"));
        BackupFile backup = BackupFile.read(file);
        String name = cluster == null ? backup.cluster() : cluster;
        StoreRestore.into(
                directory == null ? Path.of("") : directory, address, Optional.ofNullable(config), name, backup);
        spec.commandLine()
                .getOut()
                .println("restored " + backup.entries().size() + " objects as of version " + backup.version()
                        + "; start the server of cluster " + name);
        return 0;
    }
}
