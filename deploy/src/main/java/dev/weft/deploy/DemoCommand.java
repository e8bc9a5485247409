package dev.weft.deploy;

import dev.weft.deploy.child.WeftProgram;
import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.client.ClusterName;
import dev.weft.deploy.demo.Demo;
import dev.weft.deploy.demo.DemoView;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.deploy.terminal.LiveView;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weft demo}: two clusters on this machine, and what they do for each other. */
@Command(
        name = "demo",
        description =
                "Start two clusters on this machine, let one use a service of the other, break things, and show it.",
        footer = {"", "Needs no root, no database and no network beyond loopback. Stops cleanly on Ctrl-C."})
final class DemoCommand implements Runnable {
    private static final int REFRESH_MILLIS = 500;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--once", description = "Tell the story once and exit: 0 if every step held, else 1.")
    private boolean once;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        Demo demo = new Demo(out, InstantSource.system(), WeftProgram.ofThisProcess());
        PrintWriter err = spec.commandLine().getErr();
        ProcessEnd end = once
                ? ProcessEnd.onSignal(
                        false,
                        () -> {
                            demo.close();
                            err.println("weft: stopped before every step was verified; run weft demo --once again");
                            err.flush();
                        },
                        1)
                : ProcessEnd.onSignal(false, demo::close);
        try (demo) {
            try (DemoView view = demo.run(DemoCommand::writeKubeconfig)) {
                if (!once) {
                    demo.invite(view);
                    showUntilStopped(view, new LiveView(out, Boolean.getBoolean("weft.terminal")));
                }
            }
        } catch (CommandFailed e) {
            if (end.isUnderWay()) {
                // Ctrl-C took the servers away under the story: that is no failure, and the process is ending.
                ProcessEnd.await(new CountDownLatch(1));
            }
            throw e;
        } finally {
            end.endedByItself();
        }
        out.println("Every step held; nothing is left running.");
    }

    private static void showUntilStopped(DemoView view, LiveView screen) {
        CountDownLatch never = new CountDownLatch(1);
        try {
            do {
                screen.show(view.lines());
            } while (!never.await(REFRESH_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void writeKubeconfig(Path file, List<ApiClient> servers) {
        try {
            Files.writeString(
                    file,
                    KubeconfigCommand.render(servers.stream()
                            .map(server -> new KubeconfigCommand.Context(ClusterName.of(server), server.server()))
                            .toList()));
        } catch (IOException e) {
            throw CommandFailed.failed("cannot write " + file + ": " + e.getMessage(), e);
        }
    }
}
