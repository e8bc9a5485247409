package dev.weft.deploy.testbed;

import dev.weft.deploy.child.WeftProgram;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Two hosts with a link between them: network namespaces, each of which ends with the process that holds it. Theirs are
 * {@code 10.93.0.1} and {@code 10.93.0.2}; each has a loopback of its own. Needs root.
 */
public final class TwoHosts implements AutoCloseable {
    private static final List<String> TOOLS = List.of("unshare", "nsenter", "ip", "nft", "curl");

    private final Process[] holders = new Process[2];

    /** Makes them. */
    public TwoHosts() throws IOException, InterruptedException {
        for (int host = 0; host < 2; host++) {
            holders[host] = new ProcessBuilder(
                            "unshare", "-n", "sh", "-c", "ip link set lo up && echo held && exec cat")
                    .redirectErrorStream(true)
                    .start();
            String said = holders[host].inputReader().readLine();
            if (!"held".equals(said)) {
                throw new IllegalStateException("no network namespace: " + said);
            }
        }
        run(0, "ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", "" + holders[1].pid());
        for (int host = 0; host < 2; host++) {
            run(host, "ip", "address", "add", address(host) + "/24", "dev", "eth0");
            run(host, "ip", "link", "set", "eth0", "up");
        }
    }

    /** Why there can be none here; empty when there can. */
    public static String missing() throws InterruptedException {
        for (String tool : TOOLS) {
            try {
                if (Call.of(new ProcessBuilder("sh", "-c", "command -v " + tool))
                                .code()
                        != 0) {
                    return "no command " + tool;
                }
            } catch (IOException e) {
                return e.toString();
            }
        }
        try {
            String trying = "ip link add weft0 type veth peer name weft1 && nft add table inet weft";
            Call trial = Call.of(new ProcessBuilder("unshare", "-n", "sh", "-c", trying));
            return trial.code() == 0 ? "" : trial.err();
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** The address at which the other reaches it. */
    public String address(int host) {
        return "10.93.0." + (host + 1);
    }

    /** The {@code weft} command on one of them. */
    public WeftProgram weft(int host) {
        WeftProgram program = TestBed.program();
        return new WeftProgram(inside(host, program.words()), program.environment());
    }

    /** Runs a command on one of them to its end; it must end well. Answers what it printed. */
    public String run(int host, String... words) throws IOException, InterruptedException {
        Call call = Call.of(new ProcessBuilder(inside(host, List.of(words))));
        if (call.code() != 0) {
            throw new IllegalStateException(String.join(" ", words) + ": " + call.code() + ": " + call.err());
        }
        return call.out();
    }

    /** From now on one of them hears nothing of the other, who hears it all the same. */
    public void deafen(int host) throws IOException, InterruptedException {
        run(
                host,
                "nft",
                "add table inet cut; add chain inet cut in { type filter hook input priority 0; };"
                        + " add rule inet cut in iifname eth0 drop");
    }

    /** The link is whole again. */
    public void heal(int host) throws IOException, InterruptedException {
        run(host, "nft", "delete", "table", "inet", "cut");
    }

    private List<String> inside(int host, List<String> words) {
        List<String> line = new ArrayList<>(List.of("nsenter", "-t", "" + holders[host].pid(), "-n", "--"));
        line.addAll(words);
        return line;
    }

    @Override
    public void close() {
        for (Process holder : holders) {
            holder.destroy();
            holder.onExit().join();
        }
    }
}
