package dev.weft.registry.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Status;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a data directory was made for, once and for all: a cluster, and a number of shards. Each is said twice: in a file,
 * which people and scripts can read, and inside the store, where every byte has a checksum. By the file alone a damaged one
 * would be believed, and what is stored not be found. Stores of earlier versions say nothing: the file is believed then,
 * and from then on the store says it too. Blocks.
 */
record MadeFor(DataDirectory directory, Fact fact) {
    private static final Logger LOG = LoggerFactory.getLogger(MadeFor.class);

    /** One of the two. */
    enum Fact {
        /** RFC 1123 label, as everywhere in Weft. */
        CLUSTER("cluster", "a cluster's name", "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"),
        SHARDS("shards", "a number of shards", "[1-9][0-9]{0,8}");

        private final String file;
        private final String form;
        private final Pattern pattern;

        Fact(String file, String form, String pattern) {
            this.file = file;
            this.form = form;
            this.pattern = Pattern.compile(pattern);
        }

        private String of(String value) {
            return this == CLUSTER ? "cluster \"" + value + "\"" : value + " shards";
        }
    }

    /**
     * Looks at the file before the store is opened, so that the store of another cluster is left as it is.
     *
     * @throws DataDirectoryException if it is damaged, or says something else than is wanted
     */
    void verifyFile(String wanted) throws IOException {
        Optional<String> said = said();
        if (said.isPresent() && !said.get().equals(wanted)) {
            throw refusal(said.get(), peek(), wanted);
        }
    }

    /**
     * Compares file and store with what is wanted, and says it in the one that does not yet. Durable.
     *
     * @param notes where the store keeps it
     * @param filled families that are empty in a store that is new
     * @throws DataDirectoryException if file and store contradict each other, or what is wanted; nothing was changed then
     */
    void claim(RocksDB db, ColumnFamilyHandle notes, List<ColumnFamilyHandle> filled, String wanted)
            throws IOException, RocksDBException {
        Optional<String> inside = inside(db, notes);
        Optional<String> said = said();
        if (said.isPresent()) {
            if (!said.get().equals(wanted) || !inside.orElse(wanted).equals(wanted)) {
                throw refusal(said.get(), inside, wanted);
            }
        } else if (inside.isPresent()) {
            if (!inside.get().equals(wanted)) {
                throw other(inside.get(), wanted, "");
            }
            LOG.warn("File {} was missing, and is made again: the store says {}", file(), fact.of(wanted));
        } else if (holdsAnything(db, filled)) {
            throw damaged("file " + file() + " is missing, and the store is of an earlier version, which does not say"
                    + " what it was made for: write " + fact.form + " into the file, the right one");
        }
        if (inside.isEmpty()) {
            try (WriteOptions synced = new WriteOptions().setSync(true)) {
                db.put(notes, synced, key(), wanted.getBytes(StandardCharsets.UTF_8));
            }
        }
        if (said.isEmpty()) {
            directory.say(file(), wanted);
        }
    }

    /** Empty as well where the table file that has it is damaged: what else is in the store can be served by the file. */
    private Optional<String> inside(RocksDB db, ColumnFamilyHandle notes) throws RocksDBException {
        try {
            return Optional.ofNullable(db.get(notes, key())).map(MadeFor::text);
        } catch (RocksDBException e) {
            if (e.getStatus() == null || e.getStatus().getCode() != Status.Code.Corruption) {
                throw e;
            }
            LOG.warn(
                    "What the store was made for cannot be read there, so file {} is believed: {}",
                    file(),
                    e.getMessage());
            return Optional.empty();
        }
    }

    private DataDirectoryException refusal(String said, Optional<String> inside, String wanted) {
        if (inside.isPresent() && !inside.get().equals(said)) {
            return damaged("file " + file() + " says \"" + said + "\", but the store was made for "
                    + fact.of(inside.get()) + ": write " + inside.get() + " into the file");
        }
        if (!fact.pattern.matcher(said).matches()) {
            return damaged("file " + file() + " says \"" + said + "\" (expected: " + fact.form
                    + "): write the right one into the file");
        }
        return other(said, wanted, inside.isPresent() ? "" : ", if file " + file() + ", which alone says so, is right");
    }

    private DataDirectoryException damaged(String what) {
        return new DataDirectoryException(directory.path() + ": the data directory is damaged; nothing was changed: "
                + what + ", or restore a backup into another directory");
    }

    private DataDirectoryException other(String made, String wanted, String reservation) {
        return new DataDirectoryException(
                fact == Fact.CLUSTER
                        ? directory.path() + ": the data directory belongs to cluster \"" + made + "\", not to \""
                                + wanted + "\"; choose another with --data DIR, or the same --cluster" + reservation
                        : directory.path() + ": the data directory was made for " + made + " shards (expected: "
                                + wanted
                                + ", weft.registry.shards, which is fixed for the life of a cluster); set it to " + made
                                + reservation + ", or choose another with --data DIR");
    }

    private static boolean holdsAnything(RocksDB db, List<ColumnFamilyHandle> families) {
        return families.stream().anyMatch(family -> {
            try (RocksIterator at = db.newIterator(family)) {
                at.seekToFirst();
                at.status();
                return at.isValid();
            } catch (RocksDBException e) {
                return true; // What cannot be read was once stored.
            }
        });
    }

    /** What the store says, without taking hold of it; empty as well if that cannot be found out so. */
    private Optional<String> peek() throws IOException {
        if (!Files.exists(directory.store().resolve("CURRENT"))) {
            return Optional.empty();
        }
        directory.loadNativeLibrary();
        try (Options options = new Options();
                RocksDB db = RocksDB.openReadOnly(options, directory.store().toString())) {
            return Optional.ofNullable(db.get(key())).map(MadeFor::text);
        } catch (RocksDBException e) {
            return Optional.empty();
        }
    }

    private Optional<String> said() throws IOException {
        return Files.exists(file())
                ? Optional.of(text(Files.readAllBytes(file())).strip())
                : Optional.empty();
    }

    /** Any bytes: what was damaged need not be UTF-8. */
    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private byte[] key() {
        return ("made-for/" + fact.file).getBytes(StandardCharsets.UTF_8);
    }

    Path file() {
        return directory.path().resolve(fact.file);
    }
}
