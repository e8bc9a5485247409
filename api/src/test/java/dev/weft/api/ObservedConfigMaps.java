package dev.weft.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.kubernetes.client.informer.SharedInformerFactory;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1ConfigMapList;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.util.ClientBuilder;
import io.kubernetes.client.util.generic.GenericKubernetesApi;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/** What an informer of one client library believes of all ConfigMaps: in its store, and by adding up its events. */
final class ObservedConfigMaps implements AutoCloseable {
    private final String name;
    private final Supplier<Map<String, String>> store;
    private final Supplier<String> version;
    private final Runnable stop;
    private final Events events;

    /** Adds up what an informer tells its handlers, and notes what cannot be. */
    private static final class Events {
        private final Map<String, String> present = new ConcurrentHashMap<>();
        private final ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();

        private void put(String key, String version) {
            String before = present.put(key, version);
            if (before != null && Long.parseLong(before) > Long.parseLong(version)) {
                faults.add(key + " went back from " + before + " to " + version);
            }
        }

        private void remove(String key) {
            present.remove(key);
        }
    }

    private ObservedConfigMaps(
            String name, Events events, Supplier<Map<String, String>> store, Supplier<String> version, Runnable stop) {
        this.name = name;
        this.events = events;
        this.store = store;
        this.version = version;
        this.stop = stop;
    }

    /** Through the fabric8 client. */
    static ObservedConfigMaps fabric(String url) {
        KubernetesClient client = fabricClient(url);
        Events events = new Events();
        var informer = client.configMaps()
                .inAnyNamespace()
                .inform(new io.fabric8.kubernetes.client.informers.ResourceEventHandler<ConfigMap>() {
                    @Override
                    public void onAdd(ConfigMap added) {
                        events.put(key(added), added.getMetadata().getResourceVersion());
                    }

                    @Override
                    public void onUpdate(ConfigMap before, ConfigMap after) {
                        events.put(key(after), after.getMetadata().getResourceVersion());
                    }

                    @Override
                    public void onDelete(ConfigMap gone, boolean unseen) {
                        events.remove(key(gone));
                    }
                });
        return new ObservedConfigMaps(
                "fabric8",
                events,
                () -> {
                    Map<String, String> all = new TreeMap<>();
                    informer.getStore()
                            .list()
                            .forEach(each ->
                                    all.put(key(each), each.getMetadata().getResourceVersion()));
                    return all;
                },
                informer::lastSyncResourceVersion,
                () -> {
                    informer.close();
                    client.close();
                });
    }

    static KubernetesClient fabricClient(String url) {
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl(url)
                .withWatchReconnectInterval(100)
                .withRequestRetryBackoffLimit(0)
                .build();
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    /** Through Kubernetes' own Java client. */
    static ObservedConfigMaps official(String url) {
        ApiClient client = officialClient(url);
        SharedInformerFactory factory = new SharedInformerFactory(client);
        Events events = new Events();
        var informer = factory.sharedIndexInformerFor(
                new GenericKubernetesApi<>(V1ConfigMap.class, V1ConfigMapList.class, "", "v1", "configmaps", client),
                V1ConfigMap.class,
                0);
        informer.addEventHandler(new io.kubernetes.client.informer.ResourceEventHandler<V1ConfigMap>() {
            @Override
            public void onAdd(V1ConfigMap added) {
                events.put(key(added), version(added));
            }

            @Override
            public void onUpdate(V1ConfigMap before, V1ConfigMap after) {
                events.put(key(after), version(after));
            }

            @Override
            public void onDelete(V1ConfigMap gone, boolean unseen) {
                events.remove(key(gone));
            }
        });
        factory.startAllRegisteredInformers();
        return new ObservedConfigMaps(
                "official",
                events,
                () -> {
                    Map<String, String> all = new TreeMap<>();
                    informer.getIndexer().list().forEach(each -> all.put(key(each), version(each)));
                    return all;
                },
                informer::lastSyncResourceVersion,
                factory::stopAllRegisteredInformers);
    }

    static ApiClient officialClient(String url) {
        return new ClientBuilder()
                .setBasePath(url)
                .setReadTimeout(Duration.ZERO)
                .build();
    }

    private static String key(ConfigMap map) {
        return map.getMetadata().getNamespace() + "/" + map.getMetadata().getName();
    }

    private static String key(V1ConfigMap map) {
        V1ObjectMeta metadata = Objects.requireNonNull(map.getMetadata());
        return metadata.getNamespace() + "/" + metadata.getName();
    }

    private static String version(V1ConfigMap map) {
        return Objects.requireNonNull(Objects.requireNonNull(map.getMetadata()).getResourceVersion());
    }

    /** The version that it would resume from. */
    String version() {
        return version.get();
    }

    /** Fails unless the store and the sum of all events are just these: versions by namespace and name. */
    void believes(Map<String, String> truth) {
        assertThat(store.get()).as("the store of the %s informer", name).isEqualTo(truth);
        assertThat(new TreeMap<>(events.present))
                .as("the sum of the events of the %s informer", name)
                .isEqualTo(truth);
        assertThat(events.faults).as("events of the %s informer", name).isEmpty();
    }

    @Override
    public void close() {
        stop.run();
    }
}
