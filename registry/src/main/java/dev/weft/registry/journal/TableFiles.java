package dev.weft.registry.journal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;
import org.rocksdb.Status;

/**
 * Finds which table file is damaged: what RocksDB says of damage to a block names file and offset, and what it says of damage
 * to what it reads first, when it opens a file, names neither. Only reads. Blocks.
 */
final class TableFiles {
    private static final String SUFFIX = ".sst";
    /** How RocksDB says where in a file the damage is. */
    private static final Pattern OFFSET = Pattern.compile("offset \\d|Footer at \\d");

    private TableFiles() {}

    /** Those that the store needs. */
    static List<Path> of(RocksDB db) {
        List<Path> files = new ArrayList<>();
        for (LiveFileMetaData table : db.getLiveFilesMetaData()) {
            files.add(Path.of(table.path() + table.fileName()));
        }
        return files;
    }

    /**
     * Reads the whole of each file.
     *
     * @param enough whether to go no further
     * @return a sentence of each that is damaged, with its name and the offset, if that is known
     */
    static List<String> damage(List<Path> files, BooleanSupplier enough) {
        List<String> damage = new ArrayList<>();
        for (Path file : files) {
            if (enough.getAsBoolean()) {
                break;
            }
            failure(file, true).ifPresent(text -> damage.add(placed(text, file)));
        }
        return damage;
    }

    /**
     * What RocksDB says of damage, with the file's name if it does not say that itself. When it opens a store it blames the
     * manifest for a table file that it cannot read: what the table file says itself is told then.
     */
    static String named(RocksDBException e, List<Path> files) {
        String text = String.valueOf(e.getMessage());
        boolean corrupt = e.getStatus() != null && e.getStatus().getCode() == Status.Code.Corruption;
        if (!corrupt || text.contains(SUFFIX)) {
            return text;
        }
        for (Path file : files) {
            Optional<String> own = failure(file, false).filter(text::startsWith);
            if (own.isPresent()) {
                return placed(own.get(), file);
            }
        }
        return text;
    }

    private static String placed(String text, Path file) {
        String named = text.contains(file.getFileName().toString()) ? text : text + " in " + file;
        return OFFSET.matcher(named).find() ? named : named + ", offset unknown";
    }

    private static Optional<String> failure(Path file, boolean whole) {
        try (Options options = new Options();
                SstFileReader reader = new SstFileReader(options)) {
            reader.open(file.toString());
            if (whole) {
                reader.verifyChecksum();
            }
            return Optional.empty();
        } catch (RocksDBException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
