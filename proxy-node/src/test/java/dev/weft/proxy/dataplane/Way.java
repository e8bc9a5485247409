package dev.weft.proxy.dataplane;

/** How bytes get from socket to socket. */
enum Way {
    /** By channels of Netty's, on Java NIO. */
    JAVA,
    /** By native sockets, always through a buffer. */
    COPIED,
    /** By native sockets, in bulk through pipes. */
    SPLICED;

    Rig rig() {
        Rig rig = new Rig(this != JAVA);
        rig.splice = this == SPLICED;
        return rig;
    }
}
