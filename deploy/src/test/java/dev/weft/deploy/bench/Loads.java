package dev.weft.deploy.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/** Ways to put operations to a server. */
@SuppressWarnings("FutureReturnValueIgnored") // what is sent late is counted, what fails is heard of
final class Loads {
    private Loads() {}

    /**
     * As many as the server takes: every connection sends its next request when it has its answer.
     *
     * @param request the n-th, of as many as wanted
     */
    static Load closedLoop(List<HttpConnection> connections, int wanted, IntFunction<ByteBuf> request) {
        Load load = new Load(wanted);
        int[] next = {0};
        connections.forEach(connection -> connection.execute(() -> sendNext(connection, load, wanted, next, request)));
        return load.await();
    }

    private static void sendNext(
            HttpConnection connection, Load load, int wanted, int[] next, IntFunction<ByteBuf> request) {
        if (next[0] == wanted) {
            return;
        }
        int number = next[0]++;
        long begun = System.nanoTime();
        connection.send(request.apply(number), new Checked(load, begun) {
            @Override
            void succeeded() {
                sendNext(connection, load, wanted, next, request);
            }
        });
    }

    /**
     * So many a second, whether the server keeps up or not: waiting for a free connection counts as well.
     *
     * @param connections each carries what its turn brings; there must be enough for what is under way
     * @param sending told the number of a request right before it is sent, on the thread of the connections
     */
    static Load paced(
            EventLoop loop,
            List<HttpConnection> connections,
            double perSecond,
            int wanted,
            IntFunction<ByteBuf> request,
            IntConsumer sending) {
        return paced(loop, connections, perSecond, wanted, request, sending, answered -> {});
    }

    /**
     * The same.
     *
     * @param answered told the number of a request when its answer has come
     */
    static Load paced(
            EventLoop loop,
            List<HttpConnection> connections,
            double perSecond,
            int wanted,
            IntFunction<ByteBuf> request,
            IntConsumer sending,
            IntConsumer answered) {
        Load load = new Load(wanted);
        long begin = System.nanoTime();
        for (int number = 0; number < wanted; number++) {
            long due = begin + (long) (number * 1e9 / perSecond);
            ByteBuf bytes = request.apply(number);
            HttpConnection connection = connections.get(number % connections.size());
            int sent = number;
            Runnable send = () -> {
                sending.accept(sent);
                connection.send(bytes, new Checked(load, due) {
                    @Override
                    void succeeded() {
                        answered.accept(sent);
                    }
                });
            };
            var unused = loop.schedule(send, due - System.nanoTime(), TimeUnit.NANOSECONDS);
        }
        return load.await();
    }

    /** Ends the load if anything but success comes back. */
    private static class Checked implements Receiver {
        private final Load load;
        private final long since;
        private final StringBuilder refusal = new StringBuilder();
        private boolean refused;

        Checked(Load load, long since) {
            this.load = load;
            this.since = since;
        }

        void succeeded() {}

        @Override
        public void head(int status) {
            refused = status >= 300;
        }

        @Override
        public void data(ByteBuf piece) {
            if (refused) {
                refusal.append(piece.toString(StandardCharsets.UTF_8));
            }
        }

        @Override
        public void end(int status) {
            if (refused) {
                load.failed(new IllegalStateException("the server answered " + status + ": " + refusal));
                return;
            }
            succeeded();
            load.record(since);
        }

        @Override
        public void failed(Throwable cause) {
            load.failed(cause);
        }
    }
}
