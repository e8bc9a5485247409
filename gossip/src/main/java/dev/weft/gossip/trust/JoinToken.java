package dev.weft.gossip.trust;

import akka.util.ByteString;
import dev.weft.gossip.member.NodeAddress;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What a cluster needs to join a federation, once: whom to dial, how to know him, and a secret that he knows.
 *
 * @param cluster that invites
 * @param fingerprint of its key
 * @param expires until when it can be used
 * @param secret 16 bytes
 * @param addresses where the inviting process listens
 */
public record JoinToken(
        String cluster, ByteString fingerprint, Instant expires, ByteString secret, List<NodeAddress> addresses) {
    /** Bytes of the secret; 128 bits cannot be guessed. */
    public static final int SECRET_BYTES = 16;

    private static final String PREFIX = "weft1.";
    private static final int FINGERPRINT_BYTES = 32;
    private static final int MOST_CHARACTERS = 4096;

    public JoinToken {
        addresses = List.copyOf(addresses);
        if (fingerprint.length() != FINGERPRINT_BYTES || secret.length() != SECRET_BYTES || addresses.isEmpty()) {
            throw new IllegalArgumentException("token: fingerprint " + fingerprint.length() + ", secret "
                    + secret.length() + " bytes, " + addresses.size() + " addresses (expected: " + FINGERPRINT_BYTES
                    + ", " + SECRET_BYTES + ", at least one)");
        }
    }

    /** As it is handed to people: letters, digits, hyphens and underscores, with a checksum. */
    public String print() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.write(secret.toArrayUnsafe());
            out.write(fingerprint.toArrayUnsafe());
            out.writeInt((int) expires.getEpochSecond());
            out.writeUTF(cluster);
            out.writeByte(addresses.size());
            for (NodeAddress address : addresses) {
                out.writeUTF(address.host());
                out.writeShort(address.port());
            }
            out.writeInt(checksum(bytes.toByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
    }

    /**
     * Reads what {@link #print} wrote.
     *
     * @throws IllegalArgumentException in a sentence for the user, which does not repeat the token
     */
    public static JoinToken parse(String text) {
        String trimmed = text.strip();
        if (!trimmed.startsWith(PREFIX) || trimmed.length() > MOST_CHARACTERS) {
            throw new IllegalArgumentException(
                    "token: not one of this version (expected: what `weft federate invite` printed, beginning with "
                            + PREFIX + ")");
        }
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(trimmed.substring(PREFIX.length()));
            int end = Math.max(0, bytes.length - Integer.BYTES);
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
            ByteString secret = ByteString.fromArrayUnsafe(in.readNBytes(SECRET_BYTES));
            ByteString fingerprint = ByteString.fromArrayUnsafe(in.readNBytes(FINGERPRINT_BYTES));
            Instant expires = Instant.ofEpochSecond(Integer.toUnsignedLong(in.readInt()));
            String cluster = in.readUTF();
            List<NodeAddress> addresses = new ArrayList<>();
            for (int left = in.readUnsignedByte(); left > 0; left--) {
                addresses.add(new NodeAddress(in.readUTF(), in.readUnsignedShort()));
            }
            if (in.readInt() != checksum(Arrays.copyOf(bytes, end)) || in.read() >= 0) {
                throw new IllegalArgumentException("checksum");
            }
            return new JoinToken(cluster, fingerprint, expires, secret, addresses);
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "token: damaged (expected: all of what `weft federate invite` printed, unchanged)", e);
        }
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    /** Without the secret, which belongs in no log. */
    @Override
    public String toString() {
        return "token of " + cluster + " at " + addresses + " until " + expires;
    }
}
