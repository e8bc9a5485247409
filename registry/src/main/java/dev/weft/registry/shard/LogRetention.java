package dev.weft.registry.shard;

import akka.actor.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.persistence.JournalProtocol;
import akka.persistence.Persistence;
import akka.persistence.SnapshotProtocol;
import akka.persistence.SnapshotSelectionCriteria;
import com.typesafe.config.ConfigFactory;

/**
 * Removes what two snapshots have made needless. Akka does so itself only for snapshots after a number of events; for those
 * that are made for another reason its own messages to the stores are sent from here (Akka 2.9 has a switch for it).
 */
final class LogRetention {
    private final String persistenceId;
    private final ActorRef journal;
    private final ActorRef snapshots;
    private final ActorRef nobody;
    private final int every;
    private long last;

    /** @param every after so many events Akka makes a snapshot, and removes what it makes needless */
    LogRetention(ActorSystem<?> system, String persistenceId, int every) {
        this.every = every;
        this.persistenceId = persistenceId;
        Persistence stores = Persistence.get(system);
        journal = stores.journalFor("", ConfigFactory.empty());
        snapshots = stores.snapshotStoreFor("", ConfigFactory.empty());
        nobody = Adapter.toClassic(system.ignoreRef());
    }

    /**
     * A snapshot is stored. The one before it stays, for when this one turns out to be damaged, with the events since.
     *
     * @param number of the last event that it covers
     */
    void snapshotStored(long number) {
        if (last > 0 && number % every != 0) {
            journal.tell(new JournalProtocol.DeleteMessagesTo(persistenceId, last, nobody), nobody);
            snapshots.tell(
                    new SnapshotProtocol.DeleteSnapshots(
                            persistenceId, SnapshotSelectionCriteria.create(last - 1, Long.MAX_VALUE)),
                    nobody);
        }
        last = number;
    }
}
