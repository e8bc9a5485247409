package dev.weft.api.body;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.WireFormat;
import dev.weft.api.body.JsonReading.Malformed;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Counts what a protobuf message would become before anything is made of it: an empty message takes two bytes on the wire, and
 * some hundred in memory.
 */
final class ProtobufSize {
    private static final int MAX_DEPTH = 100;

    private final ValueBudget budget;

    private ProtobufSize(ValueBudget budget) {
        this.budget = budget;
    }

    /**
     * Walks over a message.
     *
     * @throws Malformed where it holds more than its length allows for
     * @throws IOException where it is none
     */
    static void check(Descriptor type, ByteString message) throws Malformed, IOException {
        new ProtobufSize(new ValueBudget(message.size(), ValueBudget.JSON)).message(type, message.newCodedInput(), 0);
    }

    private void message(Descriptor type, CodedInputStream in, int depth) throws Malformed, IOException {
        if (depth > MAX_DEPTH) {
            throw new Malformed("proto: it is nested deeper than " + MAX_DEPTH + " levels");
        }
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            FieldDescriptor field = type.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
            boolean delimited = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
            if (counts(field)) {
                budget.take();
            }
            if (delimited && field != null && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                int limit = in.pushLimit(in.readRawVarint32());
                message(field.getMessageType(), in, depth + 1);
                in.popLimit(limit);
            } else {
                in.skipField(tag);
            }
        }
    }

    /** A single scalar has a place in its message already; Go writes those that are zero as well. */
    private static boolean counts(@Nullable FieldDescriptor field) {
        return field == null || field.isRepeated() || field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
    }
}
