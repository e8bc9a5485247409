package dev.weft.gossip;

import akka.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * What one key of an origin became.
 *
 * @param key unique within its origin
 * @param payload the new content, opaque to gossip; null where the key was withdrawn
 */
public record RecordChange(String key, @Nullable ByteString payload) {}
