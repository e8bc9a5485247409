"""Servers and clients for tests in network namespaces.

serve NAME PORT...            answers "NAME PEER" over TCP and UDP, IPv4 and IPv6; prints "serving" once it does. Of a connection
                              the client is the first to end: else the server would remember it, and a later one from
                              that port might be tried twice by TCP itself, which takes two turns
echo NAME PORT                answers "NAME N" to the n-th line of a TCP connection over IPv4; prints "serving" once it does
hold ADDRESS PORT             sends a line over one and the same TCP connection for each line it reads; prints answers, or what failed
flow ADDRESS PORT             sends a datagram from one and the same port for each line it reads; prints answers likewise
storm ADDRESS PORT N          sends datagrams from N ports without end; for each line it reads prints how many it has sent since
                              the line before, how many answers came, and how many ports had none
rush ADDRESS PORT             makes TCP calls without end from few ports, and is the first to say that it is done in each; for
                              each line it reads prints how many calls it has made since the line before, and what failed
from ADDRESS PORT SOURCE...   makes a TCP call from each of these addresses of the host (or ADDRESS@PORT); prints an answer a line,
                              or refused
call PROTOCOL ADDRESS PORT N  makes N calls one after the other; prints an answer a line, or refused, silent
"""
import select
import selectors
import socket
import sys
import threading
import time

PATIENCE = 30.0
SILENCE = 2.0
CONNECTION = "connection"


def serve(name, ports):
    chosen = selectors.DefaultSelector()
    for port in ports:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            sock = socket.socket(socket.AF_INET6, kind)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            sock.bind(("::", port))
            if kind == socket.SOCK_STREAM:
                sock.listen(128)
            chosen.register(sock, selectors.EVENT_READ, kind)
    print("serving", flush=True)
    while True:
        for key, _ in chosen.select():
            if key.data == socket.SOCK_DGRAM:
                _, peer = key.fileobj.recvfrom(100)
                key.fileobj.sendto(answer(name, peer), peer)
            elif key.data == socket.SOCK_STREAM:
                connection, peer = key.fileobj.accept()
                connection.sendall(answer(name, peer))
                chosen.register(connection, selectors.EVENT_READ, CONNECTION)
            elif ended(key.fileobj):
                chosen.unregister(key.fileobj)
                key.fileobj.close()


def ended(connection):
    try:
        return not connection.recv(100)
    except OSError:
        return True


def answer(name, peer):
    return (name + " " + peer[0].replace("::ffff:", "") + "\n").encode()


def echo(name, port):
    def answer_lines(connection):
        with connection, connection.makefile("rw") as lines:
            for number, _ in enumerate(lines, 1):
                print(name, number, file=lines, flush=True)

    with socket.create_server(("", port)) as server:
        print("serving", flush=True)
        while True:
            threading.Thread(target=answer_lines, args=(server.accept()[0],), daemon=True).start()


def hold(address, port):
    with socket.create_connection((address, port), PATIENCE) as sock, sock.makefile("rw") as lines:
        for _ in sys.stdin:
            try:
                print("?", file=lines, flush=True)
                print(lines.readline().strip() or "closed", flush=True)
            except OSError as failure:
                print(failure, flush=True)


def flow(address, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(SILENCE)
        sock.connect((address, port))
        for _ in sys.stdin:
            try:
                sock.send(b"?")
                print(sock.recv(100).decode().strip(), flush=True)
            except (ConnectionRefusedError, TimeoutError):
                print("silent", flush=True)


def storm(address, port, clients):
    socks = []
    for _ in range(clients):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setblocking(False)
        sock.connect((address, port))
        socks.append([sock, 0, 0])
    while True:
        told = bool(select.select([sys.stdin], [], [], 0)[0])
        if told and not sys.stdin.readline():
            return
        if told:
            print(*(sum(each[number] for each in socks) for number in (1, 2)),
                  sum(1 for each in socks if each[2] == 0), flush=True)
            for each in socks:
                each[1:] = [0, 0]
        for each in socks:
            try:
                each[0].send(b"?")
                each[1] += 1
            except OSError:
                pass
            time.sleep(0.0002)
            for each in socks:
                try:
                    while each[0].recv(100):
                        each[2] += 1
                except OSError:
                    pass


def rush(address, port):
    made, failed = 0, {}
    while True:
        if select.select([sys.stdin], [], [], 0)[0]:
            if not sys.stdin.readline():
                return
            print(made, failed or "none", flush=True)
            made, failed = 0, {}
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
            sock.settimeout(PATIENCE)
            try:
                sock.connect((address, port))
                sock.shutdown(socket.SHUT_WR)
                made += 1
                if not sock.recv(100):
                    failed["no answer"] = failed.get("no answer", 0) + 1
            except OSError as failure:
                failed[str(failure)] = failed.get(str(failure), 0) + 1
        time.sleep(0.001)


def call(protocol, address, port, dropped, source=None):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
    with socket.socket(family, kind) as sock:
        sock.settimeout(SILENCE if dropped else PATIENCE)
        try:
            if source:
                own, _, own_port = source.partition("@")
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                sock.bind((own, int(own_port or 0)))
            sock.connect((address, port))
            if protocol == "udp":
                sock.send(b"?")
            return sock.recv(100).decode().strip() or "refused"
        except (ConnectionRefusedError, ConnectionResetError):
            return "refused"
        except TimeoutError:
            return "silent"


if sys.argv[1] == "serve":
    serve(sys.argv[2], [int(port) for port in sys.argv[3:]])
elif sys.argv[1] == "echo":
    echo(sys.argv[2], int(sys.argv[3]))
elif sys.argv[1] == "hold":
    hold(sys.argv[2], int(sys.argv[3]))
elif sys.argv[1] == "storm":
    storm(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
elif sys.argv[1] == "rush":
    rush(sys.argv[2], int(sys.argv[3]))
elif sys.argv[1] == "flow":
    flow(sys.argv[2], int(sys.argv[3]))
elif sys.argv[1] == "from":
    for each in sys.argv[4:]:
        print(call("tcp", sys.argv[2], int(sys.argv[3]), False, each), flush=True)
else:
    for _ in range(int(sys.argv[5])):
        print(call(sys.argv[2], sys.argv[3], int(sys.argv[4]), "silence" in sys.argv), flush=True)
