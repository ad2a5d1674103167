"""The fake endpoint speaks the protocol as the real client expects it."""

from __future__ import annotations

import openai
import pytest

from tests.fake_openai import Failure, FakeOpenAI

QUESTION = [{"role": "user", "content": "Who pays?"}]


@pytest.fixture
def server():
    with FakeOpenAI() as running:
        yield running


@pytest.fixture
def client(server):
    return openai.OpenAI(api_key="k", base_url=server.url, max_retries=0, timeout=60)


def words_of(stream):
    return [chunk.choices[0].delta.content for chunk in stream if chunk.choices and chunk.choices[0].delta.content]


def test_a_reply_may_depend_on_the_request(server, client):
    server.reply = lambda body: body["messages"][-1]["content"].upper()
    completion = client.chat.completions.create(model="m", messages=QUESTION)
    assert completion.choices[0].message.content == "WHO PAYS?"
    assert completion.choices[0].finish_reason == "stop"
    assert completion.usage.completion_tokens == 2
    assert server.requests[0].path == "/v1/chat/completions"


def test_a_reply_streams_word_by_word_and_ends(server, client):
    server.reply = "Seoul pays [1]."
    options = {"include_usage": True}
    chunks = list(client.chat.completions.create(model="m", messages=QUESTION, stream=True, stream_options=options))
    assert words_of(chunks) == ["Seoul", " pays", " [1]."]
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].usage.completion_tokens == 3


def test_a_stream_may_break_off(server, client):
    server.reply = "one two three"
    server.break_after = 2
    seen = []
    stream = client.chat.completions.create(model="m", messages=QUESTION, stream=True)
    with pytest.raises(Exception, match=r"(?i)peer closed|connection|incomplete"):
        seen.extend(word for chunk in stream for word in words_of([chunk]))
    assert seen == ["one", " two"]


def test_failures_come_in_order_then_the_real_answer(server, client):
    server.failures = [Failure(429, message="slow down"), Failure(503)]
    with pytest.raises(openai.RateLimitError, match="slow down"):
        client.chat.completions.create(model="m", messages=QUESTION)
    with pytest.raises(openai.InternalServerError):
        client.chat.completions.create(model="m", messages=QUESTION)
    assert client.chat.completions.create(model="m", messages=QUESTION).choices
    assert len(server.requests) == 3


def test_vectors_are_the_same_in_both_encodings(client):
    plain, packed = (
        client.embeddings.create(model="m", input=["a", "b"], encoding_format=encoding).data
        for encoding in ("float", "base64")
    )
    assert len(plain) == len(packed) == 2
    assert plain[0].embedding != plain[1].embedding
