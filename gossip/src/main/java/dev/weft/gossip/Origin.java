package dev.weft.gossip;

/**
 * One writer of records: a registry shard of a cluster, in one life of that cluster's disk.
 *
 * @param cluster the name of the cluster, a DNS label
 * @param shard 0 or more
 * @param incarnation made anew when the cluster lost its state; a later one replaces an earlier one, never merges
 */
public record Origin(String cluster, int shard, long incarnation) {}
