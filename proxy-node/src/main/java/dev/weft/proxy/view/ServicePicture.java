package dev.weft.proxy.view;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of one service.
 *
 * @param entry null while only slices of it have been seen
 * @param slices by slice id
 */
public record ServicePicture(ServiceKey key, @Nullable ServiceEntry entry, Map<String, Slice> slices) {

    public ServicePicture {
        slices = Map.copyOf(slices);
    }
}
