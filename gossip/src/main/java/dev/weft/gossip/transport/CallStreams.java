package dev.weft.gossip.transport;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;

/** The two ends of a gRPC call as the stream of a link. */
final class CallStreams {
    private CallStreams() {}

    /** Of the one who dialled. */
    record Dialled(ClientCall<byte[], byte[]> call) implements GrpcLink.Stream {
        @Override
        public boolean ready() {
            return call.isReady();
        }

        @Override
        public void send(byte[] frame) {
            call.sendMessage(frame);
        }

        @Override
        public void request(int frames) {
            call.request(frames);
        }

        @Override
        public void end(String reason) {
            call.halfClose();
        }
    }

    /** Of the one who was dialled. */
    record Accepted(ServerCall<byte[], byte[]> call) implements GrpcLink.Stream {
        @Override
        public boolean ready() {
            return call.isReady();
        }

        @Override
        public void send(byte[] frame) {
            call.sendMessage(frame);
        }

        @Override
        public void request(int frames) {
            call.request(frames);
        }

        @Override
        public void end(String reason) {
            if (!call.isCancelled()) {
                call.close(Status.OK.withDescription(reason), new Metadata());
            }
        }
    }
}
