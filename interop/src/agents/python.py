"""Python's `websockets` as an agent: a call is a line of JSON on stdin, its answer a line on stdout, in whatever order they are ready."""
import asyncio
import json
import os
import ssl
import struct
import sys

import websockets
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

sessions = []


async def open_session(url, options=None):
    options = options or {}
    try:
        session = await websockets.connect(url, **connect_options(url, options))
    except Exception as error:  # whatever it is, the test reads it
        return {"refused": str(error)}
    sessions.append(session)
    return {"session": len(sessions) - 1, "subprotocol": session.subprotocol or "", "extensions": extensions_of(session)}


def connect_options(url, options):
    compression = options.get("compression", True)
    chosen = {"max_size": None, "ping_interval": None, "subprotocols": options.get("subprotocols")}
    if url.startswith("wss:"):
        chosen["ssl"] = ssl.create_default_context(cafile=os.environ["CA_FILE"])
    if isinstance(compression, dict):
        chosen["compression"] = None
        chosen["extensions"] = [ClientPerMessageDeflateFactory(**compression)]
    else:
        chosen["compression"] = "deflate" if compression else None
    return chosen


def extensions_of(session):
    """From 14 on, the library keeps the whole response."""
    response = getattr(session, "response", None)
    headers = session.response_headers if response is None else response.headers
    return headers.get("Sec-WebSocket-Extensions", "")


async def echo(session, samples):
    sent = [make(sample) for sample in samples]
    sending = asyncio.ensure_future(send_all(sessions[session], sent))
    differences = await compare_all(session, sent)
    await sending
    return differences


async def echo_fragments(session, samples):
    parts = [make(sample) for sample in samples]
    await sessions[session].send(parts)
    return await compare_all(session, [parts[0][:0].join(parts)])


async def send_all(session, messages):
    for message in messages:
        await session.send(message)


async def compare_all(session, sent):
    found = []
    for index, message in enumerate(sent):
        received = await sessions[session].recv()
        if type(received) is not type(message) or received != message:
            found.append(f"message {index}: {type(message).__name__} of {len(message)}: {type(received).__name__} of {len(received)} came")
    return found


def make(sample):
    if "text" in sample:
        return sample["text"] * sample.get("times", 1)
    size = sample["bytes"]
    if sample["of"] == "noise":
        return os.urandom(size)
    return b"".join(struct.pack("<I", number) * 4 for number in range(size // 16 + 1))[:size]


async def send(session, sample):
    await sessions[session].send(make(sample))


async def receive(session):
    received = await sessions[session].recv()
    return {"text": received} if isinstance(received, str) else {"hex": received.hex()}


async def ping(session, payload):
    await (await sessions[session].ping(payload))
    return payload  # the library has compared it: an answer to another Ping would not end the wait


async def close(session, code=1000, reason=""):
    await sessions[session].close(code, reason)
    return await closed(session)


async def closed(session):
    session = sessions[session]
    await session.wait_closed()
    ends = getattr(session, "protocol", None) or session
    clean = ends.close_rcvd is not None and ends.close_sent is not None
    return {"code": session.close_code, "reason": session.close_reason or "", "clean": clean}


COMMANDS = {
    "open": open_session, "echo": echo, "send": send, "receive": receive, "close": close, "closed": closed,
    "echoFragments": echo_fragments, "ping": ping,
}


async def answer(call):
    try:
        reply = {"result": await COMMANDS[call["command"]](*call["args"])}
    except Exception as error:  # it belongs to the test that made the call
        reply = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps({"id": call["id"], **reply}), flush=True)


async def main():
    loop, tasks = asyncio.get_running_loop(), set()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        task = loop.create_task(answer(json.loads(line)))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    os._exit(0)  # the caller has ended: nobody waits for what is still open


asyncio.run(main())
