package dev.weft.proxy.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("questions under way at upstreams")
class UnderWayTest {
    private static final ByteKey ONE = new ByteKey(new byte[] {1});
    private static final ByteKey TWO = new ByteKey(new byte[] {2});
    private static final ByteKey NONE = new ByteKey(new byte[0]);

    private final UnderWay underWay = new UnderWay(3);

    private static ClientQuestion client(int id) {
        ByteKey start = new ByteKey(new byte[] {0, (byte) id});
        return new ClientQuestion(start, 2, NONE, 512, false, new EmbeddedChannel().eventLoop(), (bytes, length) -> {});
    }

    @Test
    @DisplayName("are asked once for all who wait, until that is over")
    void together() {
        ClientQuestion first = client(1);
        ClientQuestion second = client(2);

        assertThat(underWay.join(ONE, first, false)).isEqualTo(UnderWay.Joining.FIRST);
        assertThat(underWay.join(ONE, second, true)).isEqualTo(UnderWay.Joining.WAITS);
        assertThat(underWay.join(TWO, client(3), false)).isEqualTo(UnderWay.Joining.FIRST);
        assertThat(underWay.end(ONE)).containsExactly(first, second);
        assertThat(underWay.end(ONE)).isEmpty();
        assertThat(underWay.join(ONE, first, false)).isEqualTo(UnderWay.Joining.FIRST);
    }

    @Test
    @DisplayName("keep nobody waiting who has a stale answer once they take long, and nobody gets two answers")
    void late() {
        ClientQuestion first = client(1);
        ClientQuestion second = client(2);
        underWay.join(ONE, first, true);

        assertThat(underWay.late(ONE)).containsExactly(first);
        assertThat(underWay.join(ONE, client(3), true)).isEqualTo(UnderWay.Joining.LATE);
        assertThat(underWay.join(ONE, second, false)).isEqualTo(UnderWay.Joining.WAITS);
        assertThat(underWay.end(ONE)).containsExactly(second);
        assertThat(underWay.late(ONE)).isEmpty();
    }

    @Test
    @DisplayName("are bounded, whether or not clients still wait for them")
    void bounded() {
        underWay.join(ONE, client(1), true);
        underWay.join(ONE, client(2), true);
        underWay.late(ONE);
        assertThat(underWay.join(TWO, client(3), true)).isEqualTo(UnderWay.Joining.FIRST);

        assertThat(underWay.join(TWO, client(4), true)).isEqualTo(UnderWay.Joining.FULL);
        assertThat(underWay.join(ONE, client(5), true)).isEqualTo(UnderWay.Joining.LATE);
        underWay.end(ONE);
        assertThat(underWay.join(TWO, client(6), true)).isEqualTo(UnderWay.Joining.WAITS);
    }
}
