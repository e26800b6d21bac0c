"""Python's `websockets` as a server: what it does is said in server.ts. Its two ports are the first line of its output."""
import asyncio
import http
import json
import os
import ssl
import sys
from urllib.parse import parse_qs, urlsplit

import websockets


async def handle(session):
    path = getattr(session, "path", None) or session.request.path
    async for message in session:
        if not path.startswith("/told"):
            await session.send(message)
            continue
        order, _, rest = message.partition(" ")
        if order == "close":
            code, _, reason = rest.partition(" ")
            await session.close(int(code), reason)
        elif order == "ping":
            await (await session.ping(rest))
            await session.send(f"pong {rest}")
        elif order == "fragments":
            await session.send(json.loads(os.environ["FRAGMENTS"]))


def refuse(*call):
    """Before 14 it is called with the path and the headers, from then on with the connection and the request."""
    path = call[0] if isinstance(call[0], str) else call[1].path
    status = parse_qs(urlsplit(path).query).get("status")
    if status is None:
        return None
    status = http.HTTPStatus(int(status[0]))
    return (status, [], b"") if isinstance(call[0], str) else call[0].respond(status, "")


async def refuse_before_14(path, headers):
    return refuse(path, headers)


async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.environ["CERTIFICATE_FILE"])
    is_old = int(websockets.__version__.split(".")[0]) < 14
    options = {
        "max_size": None, "ping_interval": None, "subprotocols": ["chat.v2", "chat.v1"],
        "process_request": refuse_before_14 if is_old else refuse,
    }
    servers = [await websockets.serve(handle, "127.0.0.1", 0, ssl=tls, **options) for tls in (None, context)]
    ports = [next(iter(server.sockets)).getsockname()[1] for server in servers]
    print(json.dumps(ports), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    os._exit(0)


asyncio.run(main())
