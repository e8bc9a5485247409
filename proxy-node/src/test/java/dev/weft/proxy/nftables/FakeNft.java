package dev.weft.proxy.nftables;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A host whose kernel is a {@link Tracer}: takes scripts, lists its table, and refuses as often as it is told to. */
final class FakeNft implements Commands {
    private final List<String> scripts = new CopyOnWriteArrayList<>();
    private Tracer kernel = new Tracer();
    private boolean made;
    private int refusals;
    private boolean emptied;
    private String owner = "";
    private @Nullable CompletableFuture<Output> held;
    /** Null where the host has no command conntrack. */
    private @Nullable String tracked;

    /** The next so many scripts are refused. */
    synchronized void refuse(int count) {
        refusals = count;
    }

    /** The next script takes until what is returned is completed. */
    synchronized CompletableFuture<Output> hold() {
        CompletableFuture<Output> until = new CompletableFuture<>();
        held = until;
        return until;
    }

    /** The host has the command conntrack from now on, which prints this of TCP over IPv4. */
    synchronized void track(String connections) {
        tracked = connections;
    }

    /** Whether there is a table. */
    synchronized boolean made() {
        return made;
    }

    /** Somebody has the kernel forget every table. */
    synchronized void flush() {
        kernel = new Tracer();
        made = false;
    }

    /** Somebody empties the table: {@code nft flush table} leaves chains and elements, but no rules. */
    synchronized void flushTable() {
        emptied = true;
    }

    /** The table is another node's. */
    synchronized void ownedBy(String node) {
        owner = node;
    }

    /** Another process has taken the table over. */
    synchronized void takenBy(ProcessMark by) {
        String chain = "inet weft " + Skeleton.OWNER + "node-1";
        kernel.run("flush chain " + chain + "\n");
        Skeleton.ownerRules(by).forEach(rule -> kernel.run("add rule " + chain + " " + rule + "\n"));
    }

    /** All that it was asked to take, refused ones too. */
    List<String> scripts() {
        return scripts;
    }

    synchronized Tracer kernel() {
        return kernel;
    }

    @Override
    public synchronized CompletionStage<Output> run(List<String> command, String input) {
        if (command.get(0).equals("conntrack")) {
            boolean listed = command.containsAll(List.of("-L", "ipv4", "tcp"));
            return done(new Output(0, listed ? String.valueOf(tracked) : ""));
        }
        if (command.contains("list")) {
            if (!made && owner.isEmpty()) {
                return done(new Output(1, "Error: No such file or directory"));
            }
            return done(new Output(0, command.contains("-j") ? listing() : chain(command.get(command.size() - 1))));
        }
        if (!command.equals(List.of("nft", "-f", "-"))) {
            return done(new Output(0, ""));
        }
        scripts.add(input);
        CompletableFuture<Output> waiting = held;
        if (waiting != null) {
            held = null;
            return waiting.thenApply(go -> take(input));
        }
        return done(take(input));
    }

    private synchronized Output take(String input) {
        if (refusals > 0) {
            refusals--;
            return new Output(1, "Error: Could not process rule: Operation not supported");
        }
        if (input.startsWith("add table inet weft\ndelete table")) {
            kernel = new Tracer();
            emptied = false;
        }
        kernel.run(input);
        made = input.lines().count() != 2 || !input.contains("\ndelete table");
        return new Output(0, "");
    }

    @Override
    public synchronized boolean has(String program) {
        return program.equals("nft") || (program.equals("conntrack") && tracked != null);
    }

    @Override
    public void close() {}

    private static CompletionStage<Output> done(Output output) {
        return CompletableFuture.completedFuture(output);
    }

    /** As {@code nft list chain} prints one of our rules. */
    private String chain(String name) {
        String marks = kernel.chains().getOrDefault(name, List.of()).stream()
                .filter(rule -> rule.contains(" comment "))
                .collect(Collectors.joining("\n"));
        String print = kernel.installed().chains().getOrDefault(name, "#0");
        boolean empty = emptied || print.endsWith("#0");
        return "chain " + name + " {\n" + (empty ? "" : "return comment \"" + print.split("#", -1)[0] + "\"\n" + marks)
                + "}\n";
    }

    /** As {@code nft -j list table} prints it. */
    private String listing() {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ArrayNode objects = root.putArray("nftables");
        if (!owner.isEmpty()) {
            objects.addObject().putObject("chain").put("name", Skeleton.FORMAT);
            objects.addObject().putObject("chain").put("name", Skeleton.OWNER + owner);
            return root.toString();
        }
        InstalledTable table = kernel.installed();
        table.chains().forEach((name, print) -> {
            objects.addObject().putObject("chain").put("name", name);
            List<String> rules = kernel.chains().getOrDefault(name, List.of());
            int count = Integer.parseInt(print.substring(print.lastIndexOf('#') + 1));
            for (int rule = 0; rule < count; rule++) {
                objects.addObject()
                        .putObject("rule")
                        .put("chain", name)
                        .put(
                                "comment",
                                rules.get(rule).contains(" comment ")
                                        ? rules.get(rule).split("\"", -1)[1]
                                        : print.substring(0, print.lastIndexOf('#')));
            }
        });
        table.sets().forEach(name -> {
            ObjectNode set = objects.addObject().putObject("map").put("name", name);
            if (!table.elements().containsKey(name)) {
                set.putArray("flags").add("timeout");
            }
            ArrayNode elements = set.putArray("elem");
            table.elements()
                    .getOrDefault(name, java.util.Map.of())
                    .forEach((key, value) -> element(elements, key, value));
        });
        return root.toString();
    }

    private static void element(ArrayNode elements, String key, String value) {
        if (value.isEmpty()) {
            elements.add(key);
            return;
        }
        ArrayNode pair = elements.addArray().add(key);
        if (value.startsWith("goto ")) {
            pair.addObject().putObject("goto").put("target", value.substring("goto ".length()));
        } else if (value.equals("drop")) {
            pair.addObject().putNull("drop");
        } else {
            pair.add(value);
        }
    }
}
