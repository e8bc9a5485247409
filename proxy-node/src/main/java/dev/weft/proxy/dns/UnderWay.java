package dev.weft.proxy.dns;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What upstreams are asked at the moment, and who waits for it. Each client takes one place of a bounded number until
 * its question is over, also when it was given a stale answer before that, so the questions are bounded as well. Safe for
 * several threads.
 */
final class UnderWay {
    /** What becomes of a client. */
    enum Joining {
        /** It waits, and nobody asks yet: who called is to do so, and to say when that is over. */
        FIRST,
        /** It waits for what is asked already. */
        WAITS,
        /** It does not wait, for upstreams take long already. */
        LATE,
        /** It does not wait, for all places are taken. */
        FULL
    }

    private final int places;
    private final Map<ByteKey, Asked> asked = new HashMap<>();
    private int taken;

    UnderWay(int places) {
        this.places = places;
    }

    private static final class Asked {
        private List<ClientQuestion> clients = new ArrayList<>();
        private int places;
        private boolean late;
    }

    /** @param staleKnown whether there is an answer for a client that need not wait */
    synchronized Joining join(ByteKey key, ClientQuestion client, boolean staleKnown) {
        Asked present = asked.get(key);
        if (present != null && present.late && staleKnown) {
            return Joining.LATE;
        }
        if (taken >= places) {
            return Joining.FULL;
        }
        Asked joined = present == null ? new Asked() : present;
        asked.put(key, joined);
        joined.clients.add(client);
        joined.places++;
        taken++;
        return present == null ? Joining.FIRST : Joining.WAITS;
    }

    /** Those who have waited so far, and are not to wait any longer. */
    synchronized List<ClientQuestion> late(ByteKey key) {
        Asked present = asked.get(key);
        if (present == null) {
            return List.of();
        }
        present.late = true;
        List<ClientQuestion> waited = present.clients;
        present.clients = new ArrayList<>();
        return waited;
    }

    /** Those who still wait for a question that is over. */
    synchronized List<ClientQuestion> end(ByteKey key) {
        Asked ended = asked.remove(key);
        if (ended == null) {
            return List.of();
        }
        taken -= ended.places;
        return ended.clients;
    }
}
