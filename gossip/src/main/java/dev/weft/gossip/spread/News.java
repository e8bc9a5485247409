package dev.weft.gossip.spread;

import dev.weft.gossip.origin.OriginId;
import dev.weft.gossip.origin.OriginRecord;
import java.util.List;

/** What followers hear. */
public sealed interface News {
    /** All live records of an origin. */
    record OriginTold(OriginId origin, List<OriginRecord> records) implements News {
        public OriginTold {
            records = List.copyOf(records);
        }
    }

    /** Keys of an origin that changed, in its order. */
    record OriginChanged(OriginId origin, List<OriginRecord> records) implements News {
        public OriginChanged {
            records = List.copyOf(records);
        }
    }

    /** An origin and its records are gone. */
    record OriginGone(OriginId origin) implements News {}

    /** All that was known when following began has been told. */
    record CaughtUp() implements News {}

    /** The members or what is known of them changed. */
    record MembersChanged(List<MemberReport> members) implements News {
        public MembersChanged {
            members = List.copyOf(members);
        }
    }
}
