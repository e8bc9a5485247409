package dev.weft.registry.federation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.gossip.FederationEvent;
import dev.weft.gossip.Origin;
import dev.weft.gossip.RecordChange;
import dev.weft.registry.resource.FederatedService;
import dev.weft.registry.resource.FederatedService.Endpoint;
import dev.weft.registry.resource.FederatedService.Export;
import dev.weft.registry.wire.ExportRecord.Port;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The view of what all clusters export")
class FederatedServiceViewTest {
    private static final Origin EAST = new Origin("east", 3, 1);
    private static final Origin WEST = new Origin("west", 3, 1);

    private final FederatedServiceView view = new FederatedServiceView();

    private void told(Origin origin, RecordChange... records) {
        view.apply(new FederationEvent.OriginState(origin, List.of(records)));
    }

    @Test
    @DisplayName("names the exports of a service with their endpoints, who decides, and what they disagree about")
    void exports() {
        told(WEST, ImportBookTest.service(5_000, ImportMergeTest.HTTP), ImportBookTest.endpoints("a", 0, 2, true));
        told(
                EAST,
                ImportBookTest.service(9_000, new Port("http", "TCP", 81, "")),
                ImportBookTest.endpoints("b", 2, 3, false));
        FederatedService web = view.services().get(0);
        assertThat(web.namespace() + "/" + web.name()).isEqualTo("ns/web");
        assertThat(web.exports()).extracting(Export::cluster).containsExactly("east", "west");
        assertThat(web.exports()).extracting(Export::decides).containsExactly(false, true);
        assertThat(web.exports().get(1).exportedAt()).isEqualTo(Instant.ofEpochMilli(5_000));
        assertThat(web.exports().get(0).endpoints()).extracting(Endpoint::ready).containsExactly(false);
        assertThat(web.exports().get(1).endpoints())
                .extracting(Endpoint::address)
                .containsExactly("10.0.0.0", "10.0.0.1");
        assertThat(web.ports()).containsExactly("http 80/TCP");
        assertThat(web.conflictReason()).isEqualTo("PortConflict");
        assertThat(web.conflicts()).singleElement().asString().contains("Cluster east", "cluster west", "wins");
    }

    @Test
    @DisplayName("keeps the same object while nothing of it changes, and forgets what is withdrawn")
    void identity() {
        told(WEST, ImportBookTest.service(5, ImportMergeTest.HTTP), ImportBookTest.endpoints("a", 0, 2, true));
        FederatedService before = view.services().get(0);
        told(WEST, ImportBookTest.service(5, ImportMergeTest.HTTP), ImportBookTest.endpoints("a", 0, 2, true));
        assertThat(view.services().get(0)).isSameAs(before);
        told(WEST, ImportBookTest.service(5, ImportMergeTest.HTTP), ImportBookTest.endpoints("a", 0, 3, true));
        assertThat(view.services().get(0)).isNotEqualTo(before);
        view.apply(new FederationEvent.OriginGone(WEST));
        assertThat(view.services()).isEmpty();
    }
}
