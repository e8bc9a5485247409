package dev.weft.proxy.dataplane;

import dev.weft.proxy.balance.ClientKey;
import dev.weft.proxy.balance.Target;
import dev.weft.proxy.dataplane.HalfClose.End;
import java.io.IOException;
import java.net.BindException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One accepted connection and its connection to an endpoint. Both live on one event loop, so nothing here is locked;
 * only {@link #close}, {@link #closeIdle}, {@link #leadsTo} and {@link #quietRound} may be called from elsewhere.
 *
 * <p>Nothing is read from the client before the endpoint is connected. Reading from a side pauses while the other cannot
 * take more. An end of input is passed on after all that came before it ({@link HalfClose}); a reset is passed on at
 * once, after a first attempt to send what came before it.
 */
final class Relay {
    private final TcpListener listener;
    private final RouteUpkeep lead;
    private final Route route;
    private final LongSupplier nanos;
    private final Incoming incoming;
    private final ClientKey client;
    private final Side front;
    private HalfClose halves = HalfClose.OPEN;
    private List<Target> tried = List.of();
    private @Nullable Side back;
    private volatile @Nullable Target target;
    private volatile boolean active = true;
    private int quietRounds;
    private int openSides = 1;
    private long askedNanos;
    private final Account account;
    private long connectingNanos;
    private boolean joined;
    private boolean answered;
    private boolean ended;

    /** Takes over an accepted connection. */
    Relay(TcpListener listener, RouteUpkeep lead, Incoming incoming, LongSupplier nanos) {
        this.listener = listener;
        this.lead = lead;
        this.route = lead.route();
        this.nanos = nanos;
        this.incoming = incoming;
        this.account = new Account(incoming.client(), nanos.getAsLong());
        this.client = Route.keyOf(incoming.client());
        this.front = incoming.front(this);
    }

    /** Picks an endpoint and connects; on failure another, as often as the settings and the retry budget allow. */
    void connect() {
        if (ended) {
            return;
        }
        Target picked = mayTry() ? pick() : null;
        if (picked == null) {
            listener.countRefused(tried.isEmpty() && route.hasTargets());
            reset();
            return;
        }
        target = picked;
        connectingNanos = nanos.getAsLong();
        picked.opened();
        tried = tried.isEmpty() ? List.of(picked) : with(tried, picked);
        try {
            Side opening = incoming.back(this, picked.address());
            back = opening;
            opening.connect(picked.address(), failure -> connected(failure, opening, picked));
        } catch (IOException e) {
            listener.lacksSockets(e);
            reset();
        }
    }

    /** Ends both sides in good order: what has been taken is still sent. From any thread. */
    void close() {
        close(false);
    }

    /** As {@link #close}, since nothing has come for the idle timeout. */
    void closeIdle() {
        close(true);
    }

    private void close(boolean idle) {
        front.loop().execute(() -> {
            if (ended) {
                return;
            }
            if (idle) {
                account.idle();
            }
            end();
            front.closeWhenSent(halves.from(End.CLIENT) != HalfClose.Phase.FLOWING);
            if (back != null) {
                back.closeWhenSent(halves.from(End.SERVER) != HalfClose.Phase.FLOWING);
            }
        });
    }

    /** Whether it is, or is being, connected to one of these. From any thread. */
    boolean leadsTo(Set<Target> targets) {
        Target now = target;
        return now != null && targets.contains(now);
    }

    /**
     * Counts rounds in which nothing came from either side. Called by one thread, round after round.
     *
     * @return how many there have been since something came
     */
    int quietRound() {
        quietRounds = active ? 0 : quietRounds + 1;
        active = false;
        return quietRounds;
    }

    /** For the access log, when it has ended. */
    String account(long nowNanos) {
        return account.text(target, nowNanos);
    }

    /** By a side: so many bytes came on this end, for the other. */
    void moved(End from, int bytes) {
        Target now = target;
        if (now == null) {
            return;
        }
        if (!active) {
            active = true;
        }
        if (from == End.CLIENT) {
            account.sent(bytes);
            now.sent(bytes);
        } else {
            account.received(bytes);
            now.received(bytes);
            answered();
        }
        if (route.balancer().usesLatency()) {
            measure(from, now);
        }
    }

    /** By a side: all that comes on it has come. */
    void inputEnded(Side side) {
        halves = halves.inputEnded(side.end);
        if (side != front) {
            answered();
        }
        Side other = side == front ? back : front;
        if (other != null) {
            other.endOutput();
        }
    }

    /** Whether the end of output on this side will be the last that is to be passed on. */
    boolean lastEnds(End side) {
        return halves.from(side) == HalfClose.Phase.ENDED;
    }

    /** By a side: the end of the other's input has been passed on. */
    void outputEnded(Side side) {
        if (ended) {
            return;
        }
        halves = halves.passedOn(side.end.other());
        if (halves.over()) {
            end();
            front.closeNow();
            if (back != null) {
                back.closeNow();
            }
        }
    }

    /** By a side: its socket was reset, or gave up. */
    void wasReset(Side side) {
        Target now = target;
        if (side != front && !answered && joined && now != null) {
            listener.endpointFailed(lead, now, "reset before the first byte");
        }
        reset();
    }

    /** By a side that was connected, once: its socket is closed. */
    void gone() {
        if (--openSides == 0) {
            end();
            listener.relayEnded(this);
        }
    }

    /** Whether nothing is to be passed on any more. */
    boolean ended() {
        return ended;
    }

    /** Whether nothing is lost when this side is gone. */
    boolean done(End side) {
        return halves.done(side);
    }

    /** Both sides end with a reset: what one has suffered, the other sees. */
    void reset() {
        account.cut();
        end();
        front.abort();
        if (back != null) {
            back.abort();
        }
    }

    private @Nullable Target pick() {
        boolean last = !tried.isEmpty()
                && tried.size() + 1 == listener.settings().connecting().attempts();
        long now = nanos.getAsLong();
        return last ? route.pickElsewhere(client, now, tried) : route.pick(client, now, tried);
    }

    private boolean mayTry() {
        return tried.isEmpty()
                || (tried.size() < listener.settings().connecting().attempts() && listener.takeRetry());
    }

    private void connected(@Nullable Throwable failure, Side opened, Target picked) {
        if (failure != null) {
            opened.closeNow();
            if (!ended) {
                if (isOfEndpoint(failure)) {
                    listener.endpointFailed(lead, picked, String.valueOf(failure.getMessage()));
                }
                picked.closed();
                target = null;
                back = null;
                connect();
            }
            return;
        }
        openSides++;
        if (ended) {
            opened.abort();
            return;
        }
        listener.endpointConnected(lead, picked, nanos.getAsLong() - connectingNanos);
        joined = true;
        opened.flowTo(front);
        front.flowTo(opened);
    }

    /** A lack of ports, descriptors or rights here is no fault of the endpoint's. */
    private static boolean isOfEndpoint(Throwable cause) {
        return cause instanceof IOException
                && !(cause instanceof BindException)
                && !(cause instanceof ClosedChannelException)
                && !String.valueOf(cause.getMessage()).contains("Cannot assign requested address");
    }

    /** The endpoint is alive: it sent something, or ended in good order. */
    private void answered() {
        Target now = target;
        if (!answered && now != null) {
            answered = true;
            now.answered();
        }
    }

    private static List<Target> with(List<Target> targets, Target added) {
        List<Target> all = new ArrayList<>(targets);
        all.add(added);
        return all;
    }

    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        Target now = target;
        if (now != null) {
            now.closed();
        }
    }

    private void measure(End from, Target now) {
        long nanosNow = nanos.getAsLong();
        if (from == End.CLIENT) {
            askedNanos = askedNanos == 0 ? nanosNow : askedNanos;
        } else if (askedNanos != 0) {
            now.latency(nanosNow - askedNanos, nanosNow);
            askedNanos = 0;
        }
    }
}
