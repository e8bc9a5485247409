package dev.weft.registry.resource;

/** Rules to come. */
final class PodRules implements KindRules {
    PodRules(boolean loopbackAllowed) {}
}
