package dev.weft.proxy.balance;

import java.lang.ref.WeakReference;

/**
 * Where a target tells that its load has changed. A balancer that nobody holds any more is told nothing, and is not kept
 * in memory for it.
 */
record Seat(WeakReference<LoadBook> book, int place) {
    /** From now on the targets tell the book, and no other. It may be told of changes before this returns. */
    static void seat(TargetSet targets, LoadBook book) {
        WeakReference<LoadBook> shared = new WeakReference<>(book);
        for (int place = 0; place < targets.size(); place++) {
            targets.get(place).sit(new Seat(shared, place));
        }
    }

    void moved(int opened) {
        LoadBook told = book.get();
        if (told != null) {
            told.moved(place, opened);
        }
    }
}
