package dev.weft.proxy.dns;

import io.netty.channel.EventLoop;

/**
 * A client that waits for a forwarded answer; what of its message is needed is copied, so that the buffers of its event
 * loop are free.
 *
 * @param start the local answer so far: header and question, and for an alias the records that lead outside
 * @param opt the OPT record that ends the answer; empty for none
 * @param limit bytes that the whole answer may have
 * @param alias whether {@code start} ends in an alias whose target was asked for
 */
record ClientQuestion(
        ByteKey start, int questionEnd, ByteKey opt, int limit, boolean alias, EventLoop loop, Reply reply) {
    /** Sends an upstream's answer as this client's own, on its event loop. */
    void complete(AnswerCache.Entry entry) {
        ForeignAnswer answer = entry.answer();
        ResponseBuffer out = new ResponseBuffer(Wire.MAX_MESSAGE_BYTES);
        out.put(start.bytes());
        int flags = (Wire.unsignedShort(out.bytes(), 2) & ~0x0F) | answer.code() | Wire.RA;
        boolean fits = alias ? AliasSplice.append(out, entry, limit - opt.bytes().length) : repeat(out, entry);
        if (!fits) {
            out.length(questionEnd);
            clearCounts(out);
            flags |= Wire.TC;
        }
        out.setShort(2, flags);
        send(out);
    }

    /** Says that no upstream has answered. */
    void fail() {
        ResponseBuffer out = new ResponseBuffer(Wire.MAX_UDP_PLAIN_BYTES);
        out.put(start.bytes(), 0, questionEnd);
        clearCounts(out);
        out.setShort(2, (Wire.unsignedShort(out.bytes(), 2) & ~(0x0F | Wire.AA)) | Wire.RA | Wire.SERVFAIL);
        send(out);
    }

    private boolean repeat(ResponseBuffer out, AnswerCache.Entry entry) {
        ForeignAnswer answer = entry.answer();
        byte[] bytes = answer.bytes().bytes();
        if (bytes.length + opt.bytes().length > limit) {
            return false;
        }
        out.put(bytes, questionEnd, bytes.length - questionEnd);
        System.arraycopy(bytes, 6, out.bytes(), 6, 6);
        for (int at : answer.ttlOffsets()) {
            Wire.putInt(out.bytes(), at, entry.left(Wire.unsignedInt(bytes, at)));
        }
        return true;
    }

    private void send(ResponseBuffer out) {
        if (opt.bytes().length > 0) {
            out.put(opt.bytes());
            out.count(RecordSet.ADDITIONAL, 1);
        }
        if (loop.inEventLoop()) {
            reply.send(out.bytes(), out.length());
        } else {
            loop.execute(() -> reply.send(out.bytes(), out.length()));
        }
    }

    private static void clearCounts(ResponseBuffer out) {
        for (int at = 6; at < Wire.HEADER_BYTES; at += 2) {
            out.setShort(at, 0);
        }
    }
}
