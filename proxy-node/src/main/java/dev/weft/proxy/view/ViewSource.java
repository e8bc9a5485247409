package dev.weft.proxy.view;

import java.util.function.Predicate;

/**
 * Where pictures come from.
 *
 * @param feed the API
 * @param pace how fast pictures follow one another
 * @param podWeights for which services the weights of Pods are wanted that slices do not say; Pods are followed while
 *     there is one
 */
public record ViewSource(ResourceFeed feed, ViewPace pace, Predicate<ServiceEntry> podWeights) {}
