package dev.weft.proxy.view;

/** Which endpoints a class of traffic may use: all of the cluster, or only those on this node. */
public enum TrafficPolicy {
    CLUSTER,
    LOCAL
}
