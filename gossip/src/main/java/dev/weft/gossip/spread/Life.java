package dev.weft.gossip.spread;

import akka.util.ByteString;
import dev.weft.gossip.clock.HybridTimestamp;
import dev.weft.gossip.wire.StoredForm;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A life of this process: what it begins with.
 *
 * @param stored what earlier ones left behind
 * @param incarnation of its cluster
 * @param past what of the own records may have got lost since
 */
record Life(StoredState stored, long incarnation, OwnOrigins.Past past) {
    private static final Logger LOG = LoggerFactory.getLogger(Life.class);
    private static final int INCARNATION_CHANCE_BITS = 20;

    /**
     * Begins one; makes the incarnation of the cluster where nobody has yet.
     *
     * @param loaded records are taken out of it one by one, so that there are not two of each
     */
    static Life begin(Identity identity, Surroundings around, Map<String, byte[]> loaded, StoredForm form) {
        StoredState read = StoreQueue.read(loaded, form);
        ByteString key = identity.key().key().raw();
        // With another key it is another cluster, though its name is the same.
        boolean same = read.key().map(key::equals).orElse(true);
        if (!same) {
            LOG.warn(
                    "The identity of cluster {} is not the one that was used with this store before: to other clusters it is"
                            + " a stranger, which has to be invited; if identity.pem got lost or was damaged, stop, put it back"
                            + " from a copy and start again",
                    identity.key().cluster());
        }
        StoredState stored = same ? read : read.anew();
        long made = HybridTimestamp.of(around.clock().instant()).packed()
                | around.random().nextLong(1L << INCARNATION_CHANCE_BITS);
        long incarnation = identity.incarnation().orElse(stored.incarnation().orElse(made));
        around.store().put(StoreQueue.INCARNATION, StoredState.bytes(incarnation));
        around.store().put(StoreQueue.KEY, key.toArray());
        around.store().delete(StoreQueue.CLEAN);
        around.store().flush();
        return new Life(stored, incarnation, past(identity, stored));
    }

    private static OwnOrigins.Past past(Identity identity, StoredState stored) {
        if (stored.incarnation().isEmpty() && identity.incarnation().isEmpty()) {
            return OwnOrigins.Past.NONE;
        }
        // Where the cluster has further processes, one of them may have written since this one stopped.
        return stored.clean() && identity.incarnation().isEmpty() ? OwnOrigins.Past.CLEAN : OwnOrigins.Past.UNKNOWN;
    }
}
