package dev.weft.registry.shard;

import akka.stream.BoundedSourceQueue;
import akka.stream.QueueOfferResult;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.testbed.History;
import dev.weft.registry.watch.Collection;
import dev.weft.registry.watch.HubCommand;
import dev.weft.registry.watch.ResourceFilter;
import dev.weft.registry.watch.WatchEvent;
import dev.weft.registry.watch.WatchRequest;
import dev.weft.registry.watch.WindowView;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Watches a collection; whenever its stream ends or falls silent it resumes with its last version on another node. */
final class SimulatedObserver extends SimulatedClient {
    private static final long SILENCE = 2_500_000;
    private static final long PATIENCE = 4_000_000;

    private final Collection collection;
    private final int window;
    private final String scope;
    private final int queue;
    private final int reading;
    private History.@Nullable Epoch epoch;
    private @Nullable Stream stream;
    private int resumed;
    private boolean stopping;

    /** @param collection of a namespaced kind */
    SimulatedObserver(SimulatedCluster cluster, String name, Random random, History history, Collection collection) {
        super(cluster, name, random, history);
        this.collection = collection;
        window = collection.namespace().isEmpty()
                ? cluster.placement().shards()
                : cluster.placement().shardOfNamespace(collection.namespace());
        scope = collection.type().plural() + "/"
                + (collection.namespace().isEmpty() ? "" : collection.namespace() + "/");
        // Some read so slowly that they are cut off now and then.
        boolean slow = random.nextInt(4) == 0;
        queue = slow ? 2 + random.nextInt(6) : 1_000;
        reading = slow ? 100_000 : 500;
    }

    static Collection collection(Random random) {
        String plural =
                List.of("configmaps", "services", "pods", "endpointslices").get(random.nextInt(4));
        ResourceType type = new ResourceType(plural.equals("endpointslices") ? "discovery.k8s.io" : "", plural);
        String namespace = List.of("", "", "default", "kube-system").get(random.nextInt(4));
        return new Collection(type, namespace);
    }

    String scope() {
        return scope;
    }

    /** How far it has seen everything. */
    long upTo() {
        return epoch == null ? 0 : epoch.upTo();
    }

    int resumed() {
        return resumed;
    }

    void start() {
        time.in(random.nextInt(200_000), this::next);
    }

    void stop() {
        stopping = true;
    }

    private void next() {
        if (stopping) {
            return;
        }
        SimulatedNode node =
                cluster.hosts().get(random.nextInt(cluster.hosts().size())).node();
        if (node == null) {
            time.in(50_000, this::next);
        } else if (epoch == null && random.nextInt(3) > 0) {
            list(node);
        } else {
            resumed += epoch == null ? 0 : 1;
            Stream opened = new Stream(node, epoch == null ? OptionalLong.empty() : OptionalLong.of(epoch.upTo()));
            stream = opened;
            opened.open();
            watchOver(opened);
        }
    }

    private void watchOver(Stream opened) {
        long heard = opened.heard;
        time.in(SILENCE, () -> {
            if (stream == opened) {
                if (opened.heard == heard || random.nextInt(5) == 0) {
                    opened.leave();
                } else {
                    watchOver(opened);
                }
            }
        });
    }

    private void list(SimulatedNode node) {
        this.<Optional<WindowView>>ask(node, PATIENCE, answer -> node.reach(window, answer), view -> {
            view.flatMap(any -> any).filter(seen -> seen.version() > 0).ifPresent(seen -> {
                epoch = history.open(name, scope, seen.version());
                history.listed(name + " on " + node.name(), scope, seen.version(), versions(seen));
            });
            time.in(50_000, this::next);
        });
    }

    private Map<String, Long> versions(WindowView view) {
        Map<String, Long> versions = new HashMap<>();
        view.objects()
                .range(collection)
                .forEach(object -> versions.put(SimulatedObjects.name(object.key()), object.version()));
        return versions;
    }

    /** One connection to one node: what it sends arrives in order, or not at all once the node is dead. */
    private final class Stream implements BoundedSourceQueue<WatchEvent> {
        private final SimulatedNode node;
        private final HubCommand.Subscription subscription;
        private final AtomicReference<@Nullable WatchEvent> last = new AtomicReference<>();
        private final ArrayDeque<WatchEvent> waiting = new ArrayDeque<>();
        private final Map<String, Long> initial = new HashMap<>();
        private boolean begun;
        private boolean complete;
        private boolean pumping;
        private long heard;

        Stream(SimulatedNode node, OptionalLong since) {
            this.node = node;
            WatchRequest request = new WatchRequest(collection, ResourceFilter.ALL, since, true, since.isEmpty());
            subscription = new HubCommand.Subscription(request, this, last);
        }

        void open() {
            node.onDeath(() -> time.in(1_000, this::end));
            cluster.network()
                    .deliver(
                            node,
                            () -> node.watch(window, subscription, started -> {
                                begun = true;
                                if (started.isPresent()
                                        && started.get() instanceof HubCommand.Started.Watching watching) {
                                    List.copyOf(watching.first()).forEach(waiting::addLast);
                                    // What came through the queue meanwhile stands behind these.
                                    for (int i = waiting.size()
                                                    - watching.first().size();
                                            i > 0;
                                            i--) {
                                        waiting.addLast(waiting.removeFirst());
                                    }
                                } else {
                                    complete = true;
                                    if (started.isPresent()) {
                                        last.set(new WatchEvent.Failed(
                                                ((HubCommand.Started.Refused) started.get()).refusal()));
                                    }
                                }
                                pump();
                            }));
        }

        /** The reader turns elsewhere. */
        void leave() {
            cluster.network().deliver(node, () -> node.tellHub(new HubCommand.Unwatch(window, subscription)));
            end();
        }

        private void end() {
            if (stream == this) {
                stream = null;
                time.in(50_000, SimulatedObserver.this::next);
            }
        }

        private void pump() {
            if (!begun || pumping) {
                return;
            }
            pumping = true;
            time.in(
                    50 + random.nextInt(reading),
                    () -> node.run(() -> {
                        pumping = false;
                        WatchEvent event = waiting.poll();
                        if (event != null) {
                            time.in(1, () -> arrive(event));
                            pump();
                        } else if (complete) {
                            WatchEvent word = last.get();
                            time.in(1, () -> {
                                if (word != null) {
                                    arrive(word);
                                }
                                end();
                            });
                        }
                    }));
        }

        private void arrive(WatchEvent event) {
            if (stream != this) {
                return;
            }
            heard++;
            if (event instanceof WatchEvent.Failed) {
                epoch = null;
            } else if (epoch == null) {
                present(event);
            } else if (event instanceof WatchEvent.Bookmark bookmark) {
                history.saw(epoch, "BOOKMARK", "", bookmark.version());
            } else if (!cluster.has(Defect.SKIPS_EVENTS) || random.nextInt(20) > 0) {
                saw(epoch, event);
                if (cluster.has(Defect.REPEATS_EVENTS) && random.nextInt(20) == 0) {
                    saw(epoch, event);
                }
            }
        }

        /** The objects that are there, up to the bookmark that says that these were all. */
        private void present(WatchEvent event) {
            if (event instanceof WatchEvent.Added added) {
                initial.put(
                        SimulatedObjects.name(added.object().key()),
                        added.object().version());
            } else if (event instanceof WatchEvent.Bookmark bookmark && bookmark.initialEventsEnd()) {
                if (bookmark.version() == 0) {
                    // A shard that never held anything has no version to resume from.
                    leave();
                    return;
                }
                epoch = history.open(name, scope, bookmark.version());
                history.listed(name + " streaming from " + node.name(), scope, bookmark.version(), initial);
            } else {
                history.violation(name + ": before the present objects were complete: " + event);
            }
        }

        private void saw(History.Epoch now, WatchEvent event) {
            Resource object = event instanceof WatchEvent.Added added
                    ? added.object()
                    : event instanceof WatchEvent.Modified modified
                            ? modified.object()
                            : ((WatchEvent.Deleted) event).object();
            String type = event.getClass().getSimpleName().toUpperCase(java.util.Locale.ROOT);
            history.saw(now, type, SimulatedObjects.name(object.key()), object.version());
        }

        @Override
        public QueueOfferResult offer(WatchEvent event) {
            if (stream != this) {
                return akka.stream.QueueOfferResult.QueueClosed$.MODULE$;
            }
            if (waiting.size() >= queue) {
                return QueueOfferResult.dropped();
            }
            waiting.addLast(event);
            pump();
            return QueueOfferResult.enqueued();
        }

        @Override
        public void complete() {
            complete = true;
            pump();
        }

        @Override
        public void fail(Throwable failure) {
            throw new AssertionError(failure);
        }

        @Override
        public int size() {
            return waiting.size();
        }
    }
}
