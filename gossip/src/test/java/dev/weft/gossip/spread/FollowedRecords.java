package dev.weft.gossip.spread;

import akka.util.ByteString;
import dev.weft.gossip.origin.OriginId;
import dev.weft.gossip.origin.OriginRecord;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** What a follower makes of the news: the live payloads of all origins. */
final class FollowedRecords {
    private final Map<OriginId, Map<String, ByteString>> records = new TreeMap<>();

    void hear(News item) {
        if (item instanceof News.OriginTold told) {
            Map<String, ByteString> live = new HashMap<>();
            told.records().forEach(record -> live.put(record.key(), record.payload()));
            records.put(told.origin(), live);
        } else if (item instanceof News.OriginChanged changed) {
            Map<String, ByteString> live = records.computeIfAbsent(changed.origin(), origin -> new HashMap<>());
            for (OriginRecord record : changed.records()) {
                if (record.payload() == null) {
                    live.remove(record.key());
                } else {
                    live.put(record.key(), record.payload());
                }
            }
        } else if (item instanceof News.OriginGone gone) {
            records.remove(gone.origin());
        }
    }

    /** Of one origin, by key. */
    Map<String, ByteString> of(OriginId origin) {
        return records.getOrDefault(origin, Map.of());
    }

    /** By cluster, shard and key. */
    Map<String, String> content() {
        Map<String, String> content = new TreeMap<>();
        records.forEach(
                (origin, live) -> live.forEach((key, payload) -> content.put(path(origin, key), payload.utf8String())));
        return content;
    }

    /** How a record is called in a content. */
    static String path(OriginId origin, String key) {
        return origin.cluster() + "/" + origin.shard() + "/" + key;
    }
}
