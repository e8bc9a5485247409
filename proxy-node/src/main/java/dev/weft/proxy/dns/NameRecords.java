package dev.weft.proxy.dns;

import org.jspecify.annotations.Nullable;

/**
 * What there is at one name. A name without any record exists all the same: it is answered without data.
 *
 * @param target the name that {@code cname} points to
 * @param subset whether a part of the addresses is an answer too (rule DNS-14)
 */
record NameRecords(
        Standing standing,
        @Nullable RecordSet a,
        @Nullable RecordSet aaaa,
        @Nullable RecordSet srv,
        @Nullable RecordSet cname,
        @Nullable RecordSet other,
        int otherType,
        @Nullable ByteKey target,
        boolean subset) {

    /** What can be said of a name. */
    enum Standing {
        EXISTS,
        /** The top of a zone, which has SOA and NS. */
        APEX,
        /** There is no such name, nor any below it. */
        NO_NAME,
        /** In none of our zones. */
        NOT_OURS,
        /** It cannot be said yet. */
        UNKNOWN
    }

    static final NameRecords NO_DATA = bare(Standing.EXISTS);
    static final NameRecords APEX = bare(Standing.APEX);
    static final NameRecords NO_NAME = bare(Standing.NO_NAME);
    static final NameRecords NOT_OURS = bare(Standing.NOT_OURS);
    static final NameRecords UNKNOWN = bare(Standing.UNKNOWN);

    static NameRecords of(@Nullable RecordSet a, @Nullable RecordSet aaaa, boolean subset) {
        return new NameRecords(Standing.EXISTS, a, aaaa, null, null, null, 0, null, subset);
    }

    static NameRecords srv(RecordSet srv) {
        return new NameRecords(Standing.EXISTS, null, null, srv, null, null, 0, null, false);
    }

    /** The same with SRV records besides. */
    NameRecords withSrv(RecordSet besides) {
        return new NameRecords(standing, a, aaaa, besides, cname, other, otherType, target, subset);
    }

    static NameRecords alias(RecordSet cname, ByteKey target) {
        return new NameRecords(Standing.EXISTS, null, null, null, cname, null, 0, target, false);
    }

    static NameRecords other(int type, RecordSet records) {
        return new NameRecords(Standing.EXISTS, null, null, null, null, records, type, null, false);
    }

    /** The records of a type; null for none. */
    @Nullable
    RecordSet ofType(int type) {
        return switch (type) {
            case Wire.A -> a;
            case Wire.AAAA -> aaaa;
            case Wire.SRV -> srv;
            case Wire.CNAME -> cname;
            default -> type == otherType ? other : null;
        };
    }

    private static NameRecords bare(Standing standing) {
        return new NameRecords(standing, null, null, null, null, null, 0, null, false);
    }
}
