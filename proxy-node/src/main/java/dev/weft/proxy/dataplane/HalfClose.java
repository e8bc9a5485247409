package dev.weft.proxy.dataplane;

/**
 * How far the two directions of a relayed connection have come; pure. Each direction ends for itself: its source sends
 * no more (ENDING), then all that it sent and its end have been given to the other side's kernel (ENDED).
 *
 * @param fromClient what the client sends
 * @param fromServer what the server sends
 */
record HalfClose(Phase fromClient, Phase fromServer) {
    static final HalfClose OPEN = new HalfClose(Phase.FLOWING, Phase.FLOWING);

    enum Phase {
        FLOWING,
        ENDING,
        ENDED
    }

    /** One end of a relayed connection. */
    enum End {
        CLIENT,
        SERVER;

        End other() {
            return this == CLIENT ? SERVER : CLIENT;
        }
    }

    Phase from(End source) {
        return source == End.CLIENT ? fromClient : fromServer;
    }

    /** All that the source sent has been read. Said again, it changes nothing. */
    HalfClose inputEnded(End source) {
        return from(source) == Phase.FLOWING ? with(source, Phase.ENDING) : this;
    }

    /**
     * The end of what the source sent has been passed on.
     *
     * @throws IllegalStateException when the source has not ended, so that its data would be cut
     */
    HalfClose passedOn(End source) {
        if (from(source) == Phase.FLOWING) {
            throw new IllegalStateException("the " + source + " has not ended: " + this);
        }
        return with(source, Phase.ENDED);
    }

    /** Both directions have ended: both sockets may be closed, and the kernel delivers what is left. */
    boolean over() {
        return fromClient == Phase.ENDED && fromServer == Phase.ENDED;
    }

    /** Whether nothing is lost when this end's socket is gone: all of it has been read and all for it has been sent. */
    boolean done(End end) {
        return from(end) != Phase.FLOWING && from(end.other()) == Phase.ENDED;
    }

    private HalfClose with(End source, Phase phase) {
        return source == End.CLIENT ? new HalfClose(phase, fromServer) : new HalfClose(fromClient, phase);
    }
}
