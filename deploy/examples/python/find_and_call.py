#!/usr/bin/env python3
"""Finds a service and calls it: find_and_call.py dns|environment|api SERVICE"""
import json
import os
import socket
import struct
import sys
import urllib.request


def by_dns(service):
    """Asks for the address (A) and the port called http (SRV); with a resolv.conf for Weft, getaddrinfo does the first."""
    name = f"{service}.default.svc.cluster.local"
    address = socket.inet_ntoa(ask(name, 1))
    (port,) = struct.unpack("!H", ask(f"_http._tcp.{name}", 33)[4:6])  # priority, weight, port, target
    return address, port


def ask(name, kind):
    """One question over UDP; the data of the first answer."""
    host, port = os.environ.get("WEFT_DNS", "127.0.0.1:1053").split(":")
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    question = labels + struct.pack("!BHH", 0, kind, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(5)
        udp.sendto(struct.pack("!6H", 7, 0x0100, 1, 0, 0, 0) + question, (host, int(port)))
        reply = udp.recv(4096)
    if struct.unpack("!H", reply[6:8])[0] == 0:
        sys.exit(f"{name}: no such record")
    at = 12 + len(question)
    while 0 < reply[at] < 192:  # the name once more: labels, then a pointer or the root
        at += 1 + reply[at]
    at += 2 if reply[at] else 1
    (length,) = struct.unpack("!H", reply[at + 8 : at + 10])  # after type, class, time to live
    return reply[at + 10 : at + 10 + length]


def by_environment(service):
    variable = service.replace("-", "_").upper()
    return os.environ[f"{variable}_SERVICE_HOST"], os.environ[f"{variable}_SERVICE_PORT"]


def by_api(service):
    api = os.environ.get("WEFT_API", "http://127.0.0.1:8001")
    with urllib.request.urlopen(f"{api}/api/v1/namespaces/default/services/{service}", timeout=5) as reply:
        spec = json.load(reply)["spec"]
    return spec["clusterIP"], spec["ports"][0]["port"]


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("dns", "environment", "api"):
        sys.exit(__doc__)
    way, service = sys.argv[1:]
    address, port = {"dns": by_dns, "environment": by_environment, "api": by_api}[way](service)
    with urllib.request.urlopen(f"http://{address}:{port}/", timeout=5) as reply:
        print(reply.read().decode().strip())
