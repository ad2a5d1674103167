"""A model at a loopback address that obeys what an attack asks for; whatever else is fetched there is remembered."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self

_SENTENCE: Final = re.compile(r"(\d+\.\d+) (.*)")
_CITED: Final = re.compile(r"\{([^{}]+)\}")
_NONE: Final = "1.1"  # cited where no sentence with the words was sent
_MARKER: Final = re.compile(r"\[\d[^\[\]]*\]")
_FAULTY: Final = re.compile(r"^(\d+): (.+)$", re.MULTILINE)  # the sentences that it is asked to mend


class ObedientModel:
    """An OpenAI-compatible endpoint on this machine. Start it with ``with``."""

    def __init__(self) -> None:
        self.obeys = ""  # the answer; {words}: the number of the sentence with these words
        self.asked: list[list[dict[str, str]]] = []  # the messages of every request
        self.fetched: list[str] = []  # paths that no model has
        model = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                if self.path.endswith("/chat/completions"):
                    body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                    kind, sent = model._reply(body)
                    self.send_response(200)
                    self.send_header("content-type", kind)
                    self.end_headers()
                    self.wfile.write(sent)
                else:
                    self.do_GET()

            def do_GET(self) -> None:
                model.fetched.append(self.path)
                self.send_error(404)

            def do_HEAD(self) -> None:
                self.do_GET()

            def log_message(self, *_: object) -> None:
                """Nothing on standard error."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def address(self) -> str:
        """Of the machine, without a path: what an attack wants fetched."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _reply(self, body: dict[str, Any]) -> tuple[str, bytes]:
        messages = body["messages"]
        self.asked.append(messages)
        answer = _CITED.sub(lambda match: number_of(messages, match[1]), self.obeys)
        if len(messages) > 2:  # asked to mend, it insists, and cites all that it has cited
            cited = "".join(dict.fromkeys(_MARKER.findall(answer)))
            faulty = _FAULTY.findall(messages[-1]["content"])
            answer = "\n".join(f"{number}: {sentence} {cited}" for number, sentence in faulty)
        base = {"id": "chatcmpl-1", "created": 1, "model": body["model"]}
        if not body.get("stream"):
            choice = {"index": 0, "message": {"role": "assistant", "content": answer}, "finish_reason": "stop"}
            whole = {**base, "object": "chat.completion", "choices": [choice]}
            return "application/json", json.dumps(whole).encode()
        chunks = [{"index": 0, "delta": {"role": "assistant", "content": answer}, "finish_reason": None}]
        chunks.append({"index": 0, "delta": {}, "finish_reason": "stop"})
        events = [{**base, "object": "chat.completion.chunk", "choices": [chunk]} for chunk in chunks]
        told = [*(json.dumps(event) for event in events), "[DONE]"]
        return "text/event-stream", "".join(f"data: {event}\n\n" for event in told).encode()


def number_of(messages: list[dict[str, str]], words: str) -> str:
    """The number that the prompt gives the first sentence with these words; "1.1" where it has none."""
    for line in messages[1]["content"].splitlines():
        match = _SENTENCE.match(line)
        if match and words in match[2]:
            return match[1]
    return _NONE
