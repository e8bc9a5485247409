package dev.weft.deploy;

import java.net.URI;
import picocli.CommandLine.ITypeConverter;

/** Reads where a proxy-node's metrics are: its address, with or without the path, since its log says it with. */
final class MetricsUrlConverter implements ITypeConverter<URI> {
    private static final String PATH = "/metrics";

    @Override
    public URI convert(String value) {
        boolean whole = value.endsWith(PATH);
        return new ApiUrlConverter().convert(whole ? value.substring(0, value.length() - PATH.length()) : value);
    }
}
