package dev.weft.proxy.hostaddress;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.proxy.hostaddress.OwnAddresses.Sources;
import dev.weft.proxy.nftables.Commands;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The routes of the kernel's local table that bear our number, by the command {@code ip}; no call waits. */
final class LocalRoutes {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> BATCH = List.of("ip", "-force", "-batch", "-");
    /** What {@code ip} says of an address that the host has by other means, which is as good. */
    private static final String THERE = "File exists";
    /** What it says of one to be taken off that does not bear our number. */
    private static final String NOT_OURS = "No such process";

    private final int protocol;
    private final Commands commands;

    LocalRoutes(int protocol, Commands commands) {
        this.protocol = protocol;
        this.commands = commands;
    }

    /** The addresses, and from which the host comes to each; empty for that address itself. */
    CompletionStage<Map<String, String>> found() {
        return both(list("-4"), list("-6"));
    }

    /** The same, only of the families that these addresses are of. */
    CompletionStage<Map<String, String>> found(Set<String> addresses) {
        boolean six = addresses.stream().anyMatch(Sources::isSix);
        boolean four = !addresses.stream().allMatch(Sources::isSix);
        CompletionStage<Map<String, String>> none = CompletableFuture.completedFuture(Map.of());
        return both(four ? list("-4") : none, six ? list("-6") : none);
    }

    private static CompletionStage<Map<String, String>> both(
            CompletionStage<Map<String, String>> four, CompletionStage<Map<String, String>> six) {
        return four.thenCombine(six, (ofFour, ofSix) -> {
            Map<String, String> all = new TreeMap<>(ofFour);
            all.putAll(ofSix);
            return all;
        });
    }

    /** Does lines of {@link #line}, each whatever becomes of the others. */
    CompletionStage<Commands.Output> run(Collection<String> lines) {
        return commands.run(BATCH, String.join("\n", lines) + "\n");
    }

    /**
     * A line for {@link #run}.
     *
     * @param verb {@code add}, {@code replace} or {@code del}
     * @param source from where the host comes to the address; empty for that address itself
     */
    String line(String verb, String address, String source) {
        return "route " + verb + " local " + address + (Sources.isSix(address) ? "/128" : "/32") + " dev lo proto "
                + protocol + (source.isEmpty() ? "" : " src " + source);
    }

    /** What went wrong; that an address is there, or not there, already is as good as putting it, or taking it off. */
    static List<String> errors(Commands.Output output) {
        if (output.done()) {
            return List.of();
        }
        return output.text()
                .lines()
                .filter(line -> !line.isBlank() && !line.contains(THERE) && !line.contains(NOT_OURS))
                .filter(line -> !line.startsWith("Command failed "))
                .toList();
    }

    private CompletionStage<Map<String, String>> list(String family) {
        List<String> command = List.of("ip", "-j", family, "route", "show", "table", "local", "proto", "" + protocol);
        return commands.run(command, "").thenApply(output -> {
            if (!output.done()) {
                throw new IllegalStateException("cannot list local routes: " + output.summary());
            }
            return read(output.text());
        });
    }

    private static Map<String, String> read(String text) {
        Map<String, String> found = new TreeMap<>();
        try {
            JsonNode routes = JSON.readTree(text.isBlank() ? "[]" : text);
            for (JsonNode route : routes) {
                String address = WantedAddresses.spelled(route.path("dst").asText());
                if (!address.isEmpty()) {
                    found.put(
                            address,
                            WantedAddresses.spelled(route.path("prefsrc").asText()));
                }
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot read what ip lists: " + e.getOriginalMessage(), e);
        }
        return found;
    }
}
