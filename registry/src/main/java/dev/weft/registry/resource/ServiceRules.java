package dev.weft.registry.resource;

/** Rules to come. */
final class ServiceRules implements KindRules {
    ServiceRules(NetworkRanges ranges) {}
}
