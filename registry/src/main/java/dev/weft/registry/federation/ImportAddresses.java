package dev.weft.registry.federation;

import dev.weft.registry.allocation.Grant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which addresses the ServiceImports of one shard have, by family (rule MCS-13: for life). They are the controller's: what
 * somebody else writes in their place does not count, but as the earlier address was free for a moment then, it is
 * claimed again first. Mutable, for one thread.
 */
final class ImportAddresses {
    private final Map<ExportName, Map<String, String>> held = new HashMap<>();
    /** Families whose address somebody took out of the object. */
    private final Map<ExportName, Set<String>> doubted = new HashMap<>();

    /**
     * Takes over what stands in the object of a name, where that is not what was written last.
     *
     * @param stored by family; empty where the object is gone
     */
    void seen(ExportName name, Map<String, String> stored) {
        Map<String, String> own = held.computeIfAbsent(name, none -> new TreeMap<>());
        Set<String> gone = new TreeSet<>();
        own.forEach((family, address) -> {
            if (!address.equals(stored.get(family))) {
                gone.add(family);
            }
        });
        stored.forEach(own::putIfAbsent);
        if (own.isEmpty()) {
            held.remove(name);
        }
        if (gone.isEmpty()) {
            doubted.remove(name);
        } else {
            doubted.put(name, gone);
        }
    }

    /** Takes over what was claimed for a name. */
    void granted(ExportName name, Collection<Grant> grants) {
        Map<String, String> own = held.computeIfAbsent(name, none -> new TreeMap<>());
        grants.forEach(grant -> own.put(family(grant.value()), grant.value()));
        doubted.remove(name);
    }

    /** The claim for a name was denied: what somebody else has meanwhile is lost, and what stands in the object counts. */
    void denied(ExportName name, Map<String, String> stored) {
        Set<String> lost = doubted.remove(name);
        Map<String, String> own = held.get(name);
        if (lost != null && own != null) {
            own.keySet().removeAll(lost);
            seen(name, stored);
        }
    }

    /** The addresses of a name, by family. */
    Map<String, String> of(ExportName name) {
        return new TreeMap<>(held.getOrDefault(name, Map.of()));
    }

    /** The address that is to be claimed for a name, empty for any; null where none needs to be. */
    @Nullable
    String wish(ExportName name, String family) {
        String own = held.getOrDefault(name, Map.of()).get(family);
        boolean sure = !doubted.getOrDefault(name, Set.of()).contains(family);
        return own == null ? "" : sure ? null : own;
    }

    /** Gives up the addresses of other families than these, which stand in the object no more. */
    void keep(ExportName name, Collection<String> families) {
        held.computeIfPresent(name, (same, own) -> own.keySet().retainAll(families) && own.isEmpty() ? null : own);
    }

    /** Gives up all addresses of a name. */
    void forget(ExportName name) {
        held.remove(name);
        doubted.remove(name);
    }

    private static String family(String address) {
        return address.indexOf(':') >= 0 ? "IPv6" : "IPv4";
    }
}
