package dev.weft.proxy.balance;

/** What a balancer keeps of the loads of its targets, so that a pick need not look at them. Safe for any thread. */
interface LoadBook {
    /**
     * A target's open connections or its share have changed, and can be read there.
     *
     * @param place the target's index in the balancer's set
     * @param opened by how much its open connections have
     */
    void moved(int place, int opened);
}
