package dev.weft.proxy.dns;

import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.proxy.view.ServiceKey;
import dev.weft.proxy.view.ServicePicture;
import dev.weft.proxy.view.ViewUpdate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All records made from one picture; immutable. A changed copy shares all that has not changed: one slice's change
 * costs one service's records, among ten services as among ten thousand.
 */
public final class ZoneData {
    private final ServiceNaming naming;
    private final boolean pictured;
    private final long serial;
    private final ByteIndex<ServiceRecords> services;
    private final ByteIndex<ServiceRecords> imports;
    private final ByteIndex<PointerSet> reverse;
    private final ByteIndex<Integer> namespaces;
    private final ByteIndex<Integer> importNamespaces;
    private final ByteIndex<Integer> clusters;

    private ZoneData(
            ServiceNaming naming,
            boolean pictured,
            long serial,
            ByteIndex<ServiceRecords> services,
            ByteIndex<ServiceRecords> imports,
            ByteIndex<PointerSet> reverse,
            ByteIndex<Integer> namespaces,
            ByteIndex<Integer> importNamespaces,
            ByteIndex<Integer> clusters) {
        this.naming = naming;
        this.pictured = pictured;
        this.serial = serial;
        this.services = services;
        this.imports = imports;
        this.reverse = reverse;
        this.namespaces = namespaces;
        this.importNamespaces = importNamespaces;
        this.clusters = clusters;
    }

    /** Nothing is known yet: every service's name is answered with SERVFAIL. */
    static ZoneData unknown(ServiceNaming naming) {
        return new ZoneData(
                naming,
                false,
                0,
                ByteIndex.empty(),
                ByteIndex.empty(),
                ByteIndex.empty(),
                ByteIndex.empty(),
                ByteIndex.empty(),
                ByteIndex.empty());
    }

    /**
     * With the services that the update touches made anew; with all of them when the update is complete.
     *
     * @param node for which nearness counts
     * @param epochSeconds becomes the serial, unless the last one is not before it
     */
    ZoneData updated(ViewUpdate update, NodeIdentity node, long epochSeconds) {
        Editor editor = new Editor(update.complete() ? unknown(naming) : this);
        for (ServiceKey key : update.complete() ? update.view().keys() : update.touched()) {
            ServicePicture picture = update.view().get(key);
            byte[] name = nameOf(key);
            ServiceRecords before = name == null ? null : editor.present(key, name);
            if (name != null && (before == null || !before.holdsFor(picture))) {
                editor.put(key, name, before, picture == null ? null : naming.of(picture, node));
            }
        }
        return editor.build(Math.max(serial + 1, epochSeconds));
    }

    /** Whether there has been a picture. */
    boolean pictured() {
        return pictured;
    }

    /** Of the zones' SOA. */
    long serial() {
        return serial;
    }

    /** How many names of services there are. */
    public int services() {
        return services.size() + imports.size();
    }

    @Nullable
    ServiceRecords service(ParsedName name, int fromLabel, boolean imported) {
        return (imported ? imports : services).get(name.bytes(), name.offset(fromLabel), name.offset(fromLabel + 2));
    }

    boolean hasNamespace(ParsedName name, int label, boolean imported) {
        return (imported ? importNamespaces : namespaces).get(name.bytes(), name.offset(label), name.offset(label + 1))
                != null;
    }

    boolean hasCluster(ParsedName name, int label) {
        return clusters.get(name.bytes(), name.offset(label), name.offset(label + 1)) != null;
    }

    /** The names of an address; null for none. */
    @Nullable
    NameRecords pointers(byte[] address) {
        PointerSet pointers = reverse.get(address, 0, address.length);
        return pointers == null ? null : pointers.records;
    }

    private static byte @Nullable [] nameOf(ServiceKey key) {
        try {
            return DnsName.labels(key.name(), key.namespace());
        } catch (IllegalArgumentException e) {
            return null; // not a name of DNS; an API server admits none
        }
    }

    /** The names of one address, more than one when it is an endpoint of several services. */
    private record PointerSet(List<ByteKey> names, NameRecords records) {}

    private static final class Editor {
        private final ZoneData from;
        private final ByteIndex.Editor<ServiceRecords> services;
        private final ByteIndex.Editor<ServiceRecords> imports;
        private final ByteIndex.Editor<PointerSet> reverse;
        private final ByteIndex.Editor<Integer> namespaces;
        private final ByteIndex.Editor<Integer> importNamespaces;
        private final ByteIndex.Editor<Integer> clusters;

        private Editor(ZoneData from) {
            this.from = from;
            services = from.services.edit();
            imports = from.imports.edit();
            reverse = from.reverse.edit();
            namespaces = from.namespaces.edit();
            importNamespaces = from.importNamespaces.edit();
            clusters = from.clusters.edit();
        }

        private @Nullable ServiceRecords present(ServiceKey key, byte[] name) {
            return indexOf(key).get(name);
        }

        private ByteIndex.Editor<ServiceRecords> indexOf(ServiceKey key) {
            return key.kind() == ServiceKey.Kind.IMPORT ? imports : services;
        }

        private void put(ServiceKey key, byte[] name, @Nullable ServiceRecords before, @Nullable ServiceRecords after) {
            if (before == null && after == null) {
                return;
            }
            boolean imported = key.kind() == ServiceKey.Kind.IMPORT;
            indexOf(key).put(name, after);
            if (before == null || after == null) {
                count(
                        imported ? importNamespaces : namespaces,
                        DnsName.labels(key.namespace()),
                        after == null ? -1 : 1);
            }
            List<ServiceRecords.Reverse> known = before == null ? List.of() : before.reverse();
            List<ServiceRecords.Reverse> wanted = after == null ? List.of() : after.reverse();
            if (before != null) {
                without(known, wanted).forEach(gone -> point(gone, false));
                before.byCluster().forEach((cluster, names) -> count(clusters, cluster, -1));
            }
            if (after != null) {
                without(wanted, known).forEach(come -> point(come, true));
                after.byCluster().forEach((cluster, names) -> count(clusters, cluster, 1));
            }
        }

        private ZoneData build(long serial) {
            return new ZoneData(
                    from.naming,
                    true,
                    serial,
                    services.build(),
                    imports.build(),
                    reverse.build(),
                    namespaces.build(),
                    importNamespaces.build(),
                    clusters.build());
        }

        private void point(ServiceRecords.Reverse pointer, boolean add) {
            byte[] address = pointer.address().bytes();
            PointerSet present = reverse.get(address);
            List<ByteKey> names = new ArrayList<>(present == null ? List.of() : present.names);
            if (add) {
                names.add(pointer.name());
            } else {
                names.remove(pointer.name());
            }
            List<byte[]> targets = names.stream().distinct().map(ByteKey::bytes).toList();
            reverse.put(
                    address,
                    names.isEmpty()
                            ? null
                            : new PointerSet(names, from.naming.encoding().pointers(targets)));
        }

        private static List<ServiceRecords.Reverse> without(
                List<ServiceRecords.Reverse> all, List<ServiceRecords.Reverse> some) {
            Set<ServiceRecords.Reverse> left = new LinkedHashSet<>(all);
            left.removeAll(new HashSet<>(some));
            return List.copyOf(left);
        }

        private static void count(ByteIndex.Editor<Integer> index, byte[] key, int more) {
            Integer present = index.get(key);
            int count = (present == null ? 0 : present) + more;
            index.put(key, count > 0 ? count : null);
        }
    }
}
