package dev.weft.gossip;

import java.util.List;

/** What a follower hears: first all that is known ({@link OriginState} for each origin), then each change in order. */
public sealed interface FederationEvent {

    /** All records of one origin, replacing what the follower knew of it and of earlier incarnations. */
    record OriginState(Origin origin, List<RecordChange> records) implements FederationEvent {
        public OriginState {
            records = List.copyOf(records);
        }
    }

    /** Some keys of one origin changed, in the origin's order. */
    record OriginChanged(Origin origin, List<RecordChange> changes) implements FederationEvent {
        public OriginChanged {
            changes = List.copyOf(changes);
        }
    }

    /** An origin and its records are gone: its cluster left, was expelled, or was away for longer than the retention. */
    record OriginGone(Origin origin) implements FederationEvent {}

    /** All that was known when following began has been told. */
    record CaughtUp() implements FederationEvent {}

    /** The members or what is known of them changed. */
    record MembersChanged(List<Member> members) implements FederationEvent {
        public MembersChanged {
            members = List.copyOf(members);
        }
    }
}
