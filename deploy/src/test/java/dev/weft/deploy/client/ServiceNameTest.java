package dev.weft.deploy.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.deploy.terminal.CommandFailed;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The name of a service")
class ServiceNameTest {
    private static final ServiceName.Zones ZONES =
            new ServiceName.Zones(List.of("cluster.local", "b.example."), "clusterset.local", "clusters.local");

    @ParameterizedTest
    @CsvSource({
        "web, default/web, ANY, '', ''",
        "web:http, default/web, ANY, '', http",
        "shop/web:80, shop/web, ANY, '', 80",
        "web.shop, shop/web, ANY, '', ''",
        "web.shop.svc:80, shop/web, ANY, '', 80",
        "web.shop.svc.cluster.local, shop/web, CLUSTER, web.shop.svc.cluster.local, ''",
        "Web.Shop.svc.Cluster.Local.:80, shop/web, CLUSTER, web.shop.svc.cluster.local, 80",
        "web.shop.svc.b.example, shop/web, CLUSTER, web.shop.svc.b.example, ''",
        "web.shop.svc.clusterset.local, shop/web, CLUSTER_SET, web.shop.svc.clusterset.local, ''",
        "web.shop.svc.west.clusters.local, shop/web, CLUSTER_SET, web.shop.svc.west.clusters.local, ''",
        "_http._tcp.web.shop.svc.cluster.local, shop/web, CLUSTER, _http._tcp.web.shop.svc.cluster.local, ''",
        "db-0.db.shop.svc.cluster.local, shop/db, CLUSTER, db-0.db.shop.svc.cluster.local, ''"
    })
    @DisplayName("is read in every form in which people write it")
    void read(String text, String name, ServiceName.Scope scope, String dnsName, String port) {
        ServiceName read = ServiceName.parse(text, "default", ZONES);
        assertThat(read).hasToString(name);
        assertThat(read.scope()).isEqualTo(scope);
        assertThat(read.dnsName().orElse("")).isEqualTo(dnsName);
        assertThat(read.port().orElse("")).isEqualTo(port);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "a/b/c",
                "web:",
                ":80",
                "web:-1",
                "web:1x_",
                "a.b.c.d",
                "cluster.local",
                "svc.cluster.local",
                "a.b.pod.cluster.local",
                "a..svc.cluster.local",
                "x.y.z.web.shop.svc.cluster.local",
                "clusters.local",
                "west.clusters.local",
                "shop.svc.west.clusters.local"
            })
    @DisplayName("is refused as wrong usage where it means nothing")
    void refused(String text) {
        assertThatThrownBy(() -> ServiceName.parse(text, "default", ZONES))
                .isInstanceOfSatisfying(
                        CommandFailed.class,
                        failed -> assertThat(failed.exitCode()).isEqualTo(2));
    }
}
