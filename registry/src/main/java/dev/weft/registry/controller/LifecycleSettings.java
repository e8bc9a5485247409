package dev.weft.registry.controller;

import java.time.Duration;

/**
 * How patient the lifecycle of nodes is; what each means stands in {@code reference.conf}, {@code
 * weft.registry.lifecycle}.
 *
 * @param tick how often it looks who was silent for too long
 * @param startGrace how long after its own start nobody counts as silent
 * @param nodeGrace how long a node may be silent
 * @param podRemoval how long after that its Pods are removed
 * @param agentRemoval how long after its agent was lost a Pod is removed
 * @param sweep how often the Pods of a silent node are looked through
 * @param parallel how many Pods are written at the same time
 */
public record LifecycleSettings(
        Duration tick,
        Duration startGrace,
        Duration nodeGrace,
        Duration podRemoval,
        Duration agentRemoval,
        Duration sweep,
        int parallel) {}
