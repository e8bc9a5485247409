package dev.weft.proxy.dns;

import dev.weft.proxy.selection.Reason;
import dev.weft.proxy.view.Slice;
import dev.weft.proxy.view.SliceEndpoint;

/** Whether DNS names an endpoint of a headless service, and why. */
public record NameVerdict(Slice slice, SliceEndpoint endpoint, Reason reason) {}
