package dev.weft.proxy.selection;

import dev.weft.proxy.view.Slice;
import dev.weft.proxy.view.SliceEndpoint;

/** An endpoint of a service port, with the slice that says so. */
public record Sighting(Candidate candidate, SliceEndpoint endpoint, Slice slice) {}
