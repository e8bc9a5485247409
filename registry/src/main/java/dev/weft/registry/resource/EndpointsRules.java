package dev.weft.registry.resource;

/** Rules to come. */
final class EndpointsRules implements KindRules {
    EndpointsRules(boolean loopbackAllowed) {}
}
