package dev.weft.registry.resource;

/** Rules to come. */
final class ServiceExportRules implements KindRules {}
