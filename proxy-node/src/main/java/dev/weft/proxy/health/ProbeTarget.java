package dev.weft.proxy.health;

/** One thing that is checked; endpoints of several slices that would be checked alike share it. */
public record ProbeTarget(String address, int port, HealthCheck check) {
    @Override
    public String toString() {
        return (address.indexOf(':') >= 0 ? "[" + address + "]" : address) + ":" + port + check.path();
    }
}
