package dev.weft.registry.resource;

/** Rules to come. */
final class EndpointSliceRules implements KindRules {
    EndpointSliceRules(boolean loopbackAllowed) {}
}
