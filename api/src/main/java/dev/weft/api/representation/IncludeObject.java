package dev.weft.api.representation;

/** How much of the object stands beside the cells of a Table's row. */
public enum IncludeObject {
    NONE,
    METADATA,
    OBJECT
}
