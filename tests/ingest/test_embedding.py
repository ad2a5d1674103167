"""Vectors from the embedded model, from an endpoint with all its failures, and from nothing."""

from __future__ import annotations

import subprocess
import sys
import time

import numpy as np
import pytest
from starlette.responses import HTMLResponse, JSONResponse

from ingest import embedding as embedding_module
from ingest.embedding import MiniLMEmbeddings, NoEmbeddings, make_embeddings
from ingest.errors import EmbeddingFailed, ModelUnavailable
from tests.fake_openai import Failure, FakeOpenAI, hashed_vector


@pytest.fixture
def server():
    with FakeOpenAI() as running:
        yield running


def endpoint(server, tmp_path, model="small", api_key=None, **settings):
    return make_embeddings(model, api_key, server.url, tmp_path, **{"retries": 2, "timeout_s": 60} | settings)


def failure_of(embeddings, texts=("one", "two")):
    with pytest.raises(EmbeddingFailed) as caught:
        embeddings.embed(texts)
    return str(caught.value)


def test_no_settings_give_the_embedded_model(model_cache):
    embeddings = make_embeddings(None, None, None, model_cache)
    assert isinstance(embeddings, MiniLMEmbeddings)
    assert (embeddings.name, embeddings.dimension) == ("all-MiniLM-L6-v2 int8", 384)
    documents = embeddings.embed_documents(["The tariff rate fell to 15 percent.", "A cat sleeps."])
    question = embeddings.embed_query("How high are tariffs?")
    assert np.dot(question, documents[0]) > np.dot(question, documents[1]) + 0.2


def test_key_and_address_without_a_model_change_nothing(model_cache, server):
    embeddings = make_embeddings(None, "key", server.url, model_cache)
    embeddings.embed(["a text"])
    assert isinstance(embeddings, MiniLMEmbeddings)
    assert server.requests == []


def test_without_the_package_there_are_no_embeddings_and_the_reason_is_kept(monkeypatch, tmp_path):
    def missing():
        raise ModelUnavailable("not installed; run this")

    monkeypatch.setattr(embedding_module, "model_folder", missing)
    embeddings = make_embeddings(None, None, None, tmp_path)
    assert isinstance(embeddings, NoEmbeddings)
    assert (embeddings.name, embeddings.dimension, embeddings.reason) == ("none", 1, "not installed; run this")
    assert embeddings.embed(["a", "b", ""]).tolist() == [[1.0], [1.0], [1.0]]
    assert embeddings.embed_query("a") == [1.0]


def test_endpoint_gives_unit_vectors_in_order_and_batches(server, tmp_path):
    texts = [f"text {number}" for number in range(70)]
    done = []
    vectors = endpoint(server, tmp_path).embed(texts, done.append)
    wanted = np.array([hashed_vector(text, 8) for text in texts])
    np.testing.assert_allclose(vectors, wanted / np.linalg.norm(wanted, axis=1, keepdims=True), atol=1e-6)
    assert done == [32, 32, 6]
    assert [len(request.body["input"]) for request in server.requests] == [32, 32, 6]
    assert server.requests[0].body["encoding_format"] == "base64"


def test_endpoint_is_not_called_before_it_is_needed(server, tmp_path):
    embeddings = endpoint(server, tmp_path)
    assert (embeddings.name, server.requests) == ("small", [])
    assert embeddings.dimension == 8
    assert embeddings.dimension == 8
    assert len(server.requests) == 1
    assert embeddings.embed([]).shape == (0, 8)


def test_the_key_passed_in_is_sent(server, tmp_path):
    server.api_key = "ours"
    assert endpoint(server, tmp_path, api_key="ours").embed(["a"]).shape == (1, 8)


def test_an_endpoint_without_a_key_gets_a_dummy(server, tmp_path):
    endpoint(server, tmp_path).embed(["a"])
    assert server.requests[0].headers["authorization"] == "Bearer not-needed"


def test_openai_variables_in_the_shell_change_nothing(server, tmp_path, monkeypatch):
    with FakeOpenAI() as trap:
        poison = {
            "OPENAI_API_KEY": "stolen",
            "OPENAI_ADMIN_KEY": "stolen",
            "OPENAI_BASE_URL": trap.url,
            "OPENAI_API_BASE": trap.url,
            "OPENAI_PROXY": "no proxy at all",
            "OPENAI_ORG_ID": "stolen",
            "OPENAI_ORGANIZATION": "stolen",
            "OPENAI_PROJECT_ID": "stolen",
            "OPENAI_API_TYPE": "azure",
            "OPENAI_API_VERSION": "stolen",
            "OPENAI_CUSTOM_HEADERS": "X-Stolen: stolen\nAuthorization: Bearer stolen",
        }
        for name, value in poison.items():
            monkeypatch.setenv(name, value)
        endpoint(server, tmp_path, api_key="ours").embed(["a"])
        endpoint(server, tmp_path).embed(["a"])
        assert trap.requests == []
    assert len(server.requests) == 2
    assert not [request for request in server.requests if "stolen" in str(request) or "openai-project" in str(request)]
    assert server.requests[0].headers["authorization"] == "Bearer ours"


def test_openai_itself_is_not_asked_without_a_key(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "lying-in-the-shell")
    with pytest.raises(EmbeddingFailed, match="HANMI_EMBEDDING_API_KEY"):
        make_embeddings("text-embedding-3-small", None, None, tmp_path)


def test_importing_loads_neither_openai_nor_torch():
    code = (
        "import sys, ingest.embedding; print([m for m in ('openai', 'langchain_openai', 'torch') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_blank_and_overlong_texts_are_made_fit(server, tmp_path):
    assert endpoint(server, tmp_path).embed(["", " \n", "x" * 20_000]).shape == (3, 8)
    assert [len(text) for text in server.requests[0].body["input"]] == [1, 1, 8_000]


def test_429_waits_as_long_as_it_is_told(server, tmp_path):
    server.failures = [Failure(429, headers={"retry-after": "1"})]
    started = time.monotonic()
    assert endpoint(server, tmp_path).embed(["a"]).shape == (1, 8)
    assert 1.0 <= time.monotonic() - started < 30
    assert len(server.requests) == 2


def test_429_to_the_end_says_when_to_come_back(server, tmp_path):
    server.failures = [Failure(429, headers={"retry-after": "0.01"})] * 2 + [
        Failure(429, headers={"retry-after": "90"})
    ]
    told = failure_of(endpoint(server, tmp_path))
    assert "429" in told
    assert "in 90 s" in told
    assert len(server.requests) == 3


def test_429_for_want_of_credit_says_so(server, tmp_path):
    server.failures = [Failure(429, code="insufficient_quota")]
    assert "credit" in failure_of(endpoint(server, tmp_path, retries=0))


def test_500_twice_is_survived(server, tmp_path):
    server.failures = [Failure(500)] * 2
    assert endpoint(server, tmp_path).embed(["a"]).shape == (1, 8)


def test_500_thrice_says_so(server, tmp_path):
    server.failures = [Failure(500)] * 3
    assert "failed (500, 3 tries)" in failure_of(endpoint(server, tmp_path))
    assert len(server.requests) == 3


def test_a_cut_connection_is_tried_again_then_told(server, tmp_path):
    server.failures = [Failure(cut=True)]
    assert endpoint(server, tmp_path).embed(["a"]).shape == (1, 8)
    server.failures = [Failure(cut=True)] * 3
    assert "cut the connection" in failure_of(endpoint(server, tmp_path))


def test_an_endpoint_that_is_not_there_says_what_to_check(tmp_path):
    with FakeOpenAI() as gone:
        pass
    told = failure_of(endpoint(gone, tmp_path, retries=0))
    assert f"{gone.url[7:-3]} cannot be reached" in told
    assert "HANMI_EMBEDDING_BASE_URL" in told


def test_silence_ends_with_the_timeout(server, tmp_path):
    server.delay_s = 2
    assert "did not answer in 0.2 s" in failure_of(endpoint(server, tmp_path, timeout_s=0.2, retries=0))


def test_a_wrong_key_is_named_but_not_shown(server, tmp_path):
    server.api_key = "right"
    told = failure_of(endpoint(server, tmp_path, api_key="wrong-key-1234"))
    assert "HANMI_EMBEDDING_API_KEY" in told
    assert "1234" not in told


def test_credentials_in_the_address_are_not_shown(server, tmp_path):
    server.failures = [Failure(400)]
    address = server.url.replace("http://", "http://someone:secret@")
    told = failure_of(make_embeddings("small", "k", address, tmp_path, retries=0))
    assert "127.0.0.1" in told
    assert "secret" not in told


@pytest.mark.parametrize("address", ["localhost:8080/v1", "http://", "http://[v1", "ftp://host/v1", "user:secret@host"])
def test_an_address_that_is_none_is_told_at_once(tmp_path, address):
    with pytest.raises(EmbeddingFailed, match="BASE_URL is no address") as caught:
        make_embeddings("small", "k", address, tmp_path)
    assert "secret" not in str(caught.value)


def test_a_key_with_a_line_break_is_trimmed_and_one_that_is_none_is_told(server, tmp_path):
    server.api_key = "ours"
    assert endpoint(server, tmp_path, api_key=" ours\n").embed(["a"]).shape == (1, 8)
    with pytest.raises(EmbeddingFailed, match="HANMI_EMBEDDING_API_KEY"):
        endpoint(server, tmp_path, api_key="열쇠")


def test_a_wrong_model_is_named(server, tmp_path):
    server.models = {"small"}
    told = failure_of(endpoint(server, tmp_path, model="huge"))
    assert "knows no model huge" in told
    assert "HANMI_EMBEDDING_MODEL" in told


def test_a_refused_request_gives_the_reason(server, tmp_path):
    server.failures = [Failure(400, message="input too long")]
    assert "input too long" in failure_of(endpoint(server, tmp_path))


def test_another_dimension_later_is_told_with_both(server, tmp_path):
    embeddings = endpoint(server, tmp_path)
    embeddings.embed(["a"])
    server.dimension = 6
    told = failure_of(embeddings)
    assert "6 numbers where 8 were expected" in told


def test_different_dimensions_in_one_answer_are_told(server, tmp_path):
    server.vector = lambda text: [1.0] * len(text)
    assert "2 and 3 numbers" in failure_of(endpoint(server, tmp_path), ["ab", "abc"])


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 0.0])
def test_vectors_without_a_direction_are_refused(server, tmp_path, bad):
    server.vector = lambda text: [bad] * 8
    assert "without a direction" in failure_of(endpoint(server, tmp_path))


def test_too_few_vectors_are_told(server, tmp_path):
    server.answer = JSONResponse({"object": "list", "model": "m", "data": [{"index": 0, "embedding": [1.0, 2.0]}]})
    assert "1 vectors for 2 texts" in failure_of(endpoint(server, tmp_path))


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
@pytest.mark.parametrize(
    "answer",
    [
        HTMLResponse("<html>Welcome</html>"),
        JSONResponse({"hello": "world"}),
        JSONResponse({"data": []}),
        JSONResponse({"data": [{"embedding": None}, {"embedding": None}]}),
        JSONResponse({"data": [{"embedding": ["a"]}, {"embedding": ["b"]}]}),
        JSONResponse([1, 2]),
    ],
)
def test_an_answer_that_is_no_list_of_vectors_is_told(server, tmp_path, answer):
    server.answer = answer
    assert "embedding endpoint at 127.0.0.1" in failure_of(endpoint(server, tmp_path))
