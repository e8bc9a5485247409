package dev.weft.registry.watch;

import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.ResourceType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The watchers of one window, by kind, so that a change is shown to those whom it may concern. */
final class WatcherIndex {
    private final Map<ResourceType, List<Watcher>> byType = new HashMap<>();

    void add(Watcher watcher) {
        byType.computeIfAbsent(watcher.request().collection().type(), type -> new ArrayList<>())
                .add(watcher);
    }

    void remove(HubCommand.Subscription subscription) {
        ResourceType type = subscription.request().collection().type();
        byType.computeIfPresent(type, (key, watchers) -> {
            watchers.removeIf(watcher -> watcher.isOf(subscription));
            return watchers.isEmpty() ? null : watchers;
        });
    }

    int size() {
        return byType.values().stream().mapToInt(List::size).sum();
    }

    void deliver(WatchWindow.Logged logged) {
        List<Watcher> watchers = byType.get(logged.change().key().type());
        if (watchers != null) {
            watchers.removeIf(watcher ->
                    watcher.request().collection().contains(logged.change().key())
                            && !watcher.see(logged).map(watcher::offer).orElse(true));
        }
    }

    boolean wantsBookmarks() {
        return byType.values().stream()
                .flatMap(List::stream)
                .anyMatch(watcher -> watcher.request().bookmarks());
    }

    void bookmark(long version) {
        byType.values().forEach(watchers -> watchers.removeIf(watcher -> !watcher.bookmark(version)));
    }

    void endAll(Refusal refusal) {
        byType.values().forEach(watchers -> watchers.forEach(watcher -> watcher.end(refusal)));
        byType.clear();
    }
}
