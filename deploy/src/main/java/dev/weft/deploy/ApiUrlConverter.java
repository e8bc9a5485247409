package dev.weft.deploy;

import java.net.URI;
import java.net.URISyntaxException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the address of an API server; {@code HOST:PORT} alone means plain HTTP. */
final class ApiUrlConverter implements ITypeConverter<URI> {
    @Override
    public URI convert(String value) {
        String text = value.contains("://") ? value : "http://" + value;
        try {
            URI uri = new URI(text);
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            boolean bare = uri.getPath() == null
                    || uri.getPath().isEmpty()
                    || uri.getPath().equals("/");
            if (!web || uri.getHost() == null || !bare) {
                throw new TypeConversionException(
                        value + ": expected the URL of an API server, e.g. http://127.0.0.1:8001");
            }
            return new URI(uri.getScheme() + "://" + uri.getAuthority());
        } catch (URISyntaxException e) {
            throw new TypeConversionException(value + ": expected a URL, e.g. http://127.0.0.1:8001");
        }
    }
}
