package dev.weft.proxy.view;

/**
 * One port of a service.
 *
 * @param name as EndpointSlices refer to it; empty for the only port of a service
 * @param port where the virtual addresses listen, 1 to 65535
 * @param nodePort where the node addresses listen; 0 for nowhere
 */
public record ServicePort(String name, Protocol protocol, int port, int nodePort) {}
