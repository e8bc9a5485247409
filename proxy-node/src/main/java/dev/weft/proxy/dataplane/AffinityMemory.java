package dev.weft.proxy.dataplane;

import dev.weft.proxy.view.Protocol;
import dev.weft.proxy.view.ServiceKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which endpoints the clients of services with session affinity have, as a process tells its successor: by names that mean
 * the same in both, and with idle times, since the two need not have a clock in common.
 */
final class AffinityMemory {
    /** Nobody is remembered. */
    static final AffinityMemory NONE = new AffinityMemory(Map.of());

    /** Another layout, another number: who does not know it remembers nobody. */
    private static final int FORMAT = 1;

    private final Map<Way, List<Client>> ways;

    /** @param own the way of this host's own clients, where that is another one */
    record Way(ServiceKey service, ListenerKey listener, boolean own) {}

    /**
     * A client on its endpoint.
     *
     * @param key what balancers know it by
     * @param endpoint identity, address and port
     * @param idleMillis since its last connection
     */
    record Client(long key, String endpoint, int idleMillis) {}

    private AffinityMemory(Map<Way, List<Client>> ways) {
        this.ways = ways;
    }

    /** What these listeners remember, of so many clients at most. */
    static AffinityMemory of(List<Listener> listeners, int most) {
        Map<Way, List<Client>> ways = new LinkedHashMap<>();
        int left = most;
        for (Listener listener : listeners) {
            Reception reception = listener.reception();
            for (boolean own : new boolean[] {false, true}) {
                List<Client> clients = reception.leads().clients(own, left);
                if (!clients.isEmpty()) {
                    ways.put(new Way(reception.service(), reception.key(), own), clients);
                    left -= clients.size();
                }
            }
        }
        return new AffinityMemory(ways);
    }

    /** Has the listener remember what is told of it here. */
    void recall(Listener listener) {
        Reception reception = listener.reception();
        for (boolean own : new boolean[] {false, true}) {
            List<Client> clients = ways.get(new Way(reception.service(), reception.key(), own));
            if (clients != null) {
                reception.leads().recall(own, clients);
            }
        }
    }

    /** How many clients are remembered. */
    int size() {
        return ways.values().stream().mapToInt(List::size).sum();
    }

    /** About 16 bytes for each client, besides the names. */
    byte[] encoded() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        try {
            out.writeByte(FORMAT);
            out.writeInt(ways.size());
            for (Map.Entry<Way, List<Client>> each : ways.entrySet()) {
                write(each.getKey(), out);
                write(each.getValue(), out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory has no such errors; a name is shorter than 64 KiB
        }
        return bytes.toByteArray();
    }

    /**
     * Reads what another process has written.
     *
     * @param most clients that are taken
     * @throws IOException when it is cut off, or not of this layout
     */
    static AffinityMemory decoded(byte[] bytes, int most) throws IOException {
        if (bytes.length == 0) {
            return NONE;
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        int format = in.readUnsignedByte();
        if (format != FORMAT) {
            throw new IOException("layout " + format + " is unknown");
        }
        Map<Way, List<Client>> ways = new LinkedHashMap<>();
        int left = most;
        for (int number = in.readInt(); number > 0 && left > 0; number--) {
            Way way = readWay(in);
            List<Client> clients = readClients(in, left);
            left -= clients.size();
            ways.put(way, clients);
        }
        return new AffinityMemory(ways);
    }

    private static void write(Way way, DataOutputStream out) throws IOException {
        out.writeUTF(way.service().kind().name());
        out.writeUTF(way.service().namespace());
        out.writeUTF(way.service().name());
        out.writeUTF(way.listener().address());
        out.writeShort(way.listener().port());
        out.writeUTF(way.listener().protocol().name());
        out.writeBoolean(way.own());
    }

    private static Way readWay(DataInputStream in) throws IOException {
        try {
            ServiceKey service = new ServiceKey(ServiceKey.Kind.valueOf(in.readUTF()), in.readUTF(), in.readUTF());
            String address = in.readUTF();
            int port = in.readUnsignedShort();
            ListenerKey listener = new ListenerKey(address, port, Protocol.valueOf(in.readUTF()));
            return new Way(service, listener, in.readBoolean());
        } catch (IllegalArgumentException e) {
            throw new IOException("not a listener: " + e.getMessage(), e);
        }
    }

    private static void write(List<Client> clients, DataOutputStream out) throws IOException {
        Map<String, Integer> endpoints = new LinkedHashMap<>();
        clients.forEach(client -> endpoints.putIfAbsent(client.endpoint(), endpoints.size()));
        out.writeInt(endpoints.size());
        for (String endpoint : endpoints.keySet()) {
            out.writeUTF(endpoint);
        }
        out.writeInt(clients.size());
        for (Client client : clients) {
            out.writeLong(client.key());
            out.writeInt(endpoints.getOrDefault(client.endpoint(), 0));
            out.writeInt(client.idleMillis());
        }
    }

    private static List<Client> readClients(DataInputStream in, int most) throws IOException {
        List<String> endpoints = new ArrayList<>();
        for (int number = in.readInt(); number > 0; number--) {
            endpoints.add(in.readUTF());
        }
        List<Client> clients = new ArrayList<>();
        for (int number = in.readInt(); number > 0; number--) {
            long key = in.readLong();
            int endpoint = in.readInt();
            int idleMillis = in.readInt();
            if (endpoint < 0 || endpoint >= endpoints.size()) {
                throw new IOException("there is no endpoint " + endpoint + " of " + endpoints.size());
            }
            if (clients.size() < most) {
                clients.add(new Client(key, endpoints.get(endpoint), idleMillis));
            }
        }
        return clients;
    }
}
