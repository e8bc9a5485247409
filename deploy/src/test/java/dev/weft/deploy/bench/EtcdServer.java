package dev.weft.deploy.bench;

import com.google.protobuf.CodedOutputStream;
import dev.weft.gossip.HostPort;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.ChannelFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/** An etcd process of Debian's package {@code etcd-server}, and puts to it over its own protocol. */
final class EtcdServer implements AutoCloseable {
    private static final MethodDescriptor<byte[], byte[]> PUT = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("etcdserverpb.KV/Put")
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build();

    private final Process process;
    private final HostPort client;
    private final MultiThreadIoEventLoopGroup thread = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

    private EtcdServer(Process process, HostPort client) {
        this.process = process;
        this.client = client;
    }

    /** Whether the package is installed. */
    static boolean isInstalled() {
        return Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":", -1))
                .anyMatch(folder ->
                        !folder.isEmpty() && Path.of(folder, "etcd").toFile().canExecute());
    }

    static EtcdServer start(Path directory, HostPort client, HostPort peer) {
        try {
            Process process = new ProcessBuilder(
                            "etcd",
                            "--data-dir=" + directory,
                            "--listen-client-urls=http://" + client,
                            "--advertise-client-urls=http://" + client,
                            "--listen-peer-urls=http://" + peer,
                            "--initial-advertise-peer-urls=http://" + peer,
                            "--initial-cluster=default=http://" + peer)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolveSibling("etcd.log").toFile())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            return new EtcdServer(process, client);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start etcd", e);
        }
    }

    Usage usage() {
        return Usage.of(process.pid());
    }

    /**
     * Puts as fast as etcd takes them, each connection one at a time.
     *
     * @param value the n-th, stored under a key of its own
     */
    Load puts(int connections, int wanted, String prefix, IntFunction<byte[]> value) {
        List<ManagedChannel> channels = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            channels.add(NettyChannelBuilder.forAddress(new InetSocketAddress(client.host(), client.port()))
                    .eventLoopGroup(thread)
                    .channelFactory((ChannelFactory<EpollSocketChannel>) EpollSocketChannel::new)
                    .directExecutor()
                    .usePlaintext()
                    .build());
        }
        // The first call of each opens its connection, and waits for etcd to be up.
        for (ManagedChannel channel : channels) {
            ClientCalls.blockingUnaryCall(
                    channel, PUT, CallOptions.DEFAULT.withWaitForReady(), request("begin", new byte[1]));
        }
        Load load = new Load(wanted);
        int[] next = {0};
        thread.next().execute(() -> channels.forEach(channel -> put(channel, load, wanted, next, prefix, value)));
        load.await();
        channels.forEach(ManagedChannel::shutdownNow);
        return load;
    }

    private static void put(
            ManagedChannel channel, Load load, int wanted, int[] next, String prefix, IntFunction<byte[]> value) {
        if (next[0] == wanted) {
            return;
        }
        int number = next[0]++;
        long begun = System.nanoTime();
        ClientCalls.asyncUnaryCall(
                channel.newCall(PUT, CallOptions.DEFAULT),
                request(prefix + number, value.apply(number)),
                new StreamObserver<byte[]>() {
                    @Override
                    public void onNext(byte[] answer) {}

                    @Override
                    public void onError(Throwable failure) {
                        load.failed(failure);
                    }

                    @Override
                    public void onCompleted() {
                        load.record(begun);
                        put(channel, load, wanted, next, prefix, value);
                    }
                });
    }

    /** {@code etcdserverpb.PutRequest}: key is field 1, value field 2. */
    private static byte[] request(String key, byte[] value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            out.writeByteArray(1, key.getBytes(StandardCharsets.UTF_8));
            out.writeByteArray(2, value);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
        thread.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Messages as they are on the wire. */
    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try (stream) {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
