package dev.weft.proxy.selection;

/** What the hints of the ready endpoints come to on this node (rule KP-2). */
public enum Topology {
    /** Nothing was asked of them: another rule has decided already. */
    NOT_ASKED,
    NO_HINTS,
    /** They name this node, and only the endpoints that do so are in choice. */
    NODE,
    /** They name this zone, and only the endpoints that do so are in choice. */
    ZONE,
    /** An endpoint has no hint, so none counts. */
    INCOMPLETE,
    /** None names this node or zone, so all endpoints are in choice. */
    ELSEWHERE
}
