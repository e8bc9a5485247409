package dev.weft.registry.resource;

/** Rules to come. */
final class ServiceImportRules implements KindRules {}
