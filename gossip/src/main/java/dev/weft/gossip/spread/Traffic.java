package dev.weft.gossip.spread;

/** What went over links, as it grows. Belongs to one owner. */
final class Traffic {
    private long bytesIn;
    private long bytesOut;
    private long framesIn;
    private long framesOut;

    void sent(int bytes) {
        bytesOut += bytes;
        framesOut++;
    }

    void received(int bytes) {
        bytesIn += bytes;
        framesIn++;
    }

    void add(Traffic other) {
        bytesIn += other.bytesIn;
        bytesOut += other.bytesOut;
        framesIn += other.framesIn;
        framesOut += other.framesOut;
    }

    long bytesIn() {
        return bytesIn;
    }

    long bytesOut() {
        return bytesOut;
    }

    long framesIn() {
        return framesIn;
    }

    long framesOut() {
        return framesOut;
    }
}
