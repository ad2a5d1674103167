"""The limits of messages and blocks that the fake Slack enforces."""

from __future__ import annotations

import pytest

from evals.bench.fake_slack.limits import (
    ALL_BLOCKS_BYTES,
    BLOCK_BYTES,
    STREAM_BYTES,
    block_faults,
    blocks_bytes,
    message_faults,
    stream_faults,
    update_faults,
)


def plain(text):
    return {"type": "plain_text", "text": text}


def section(text):
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(**fields):
    return {"type": "actions", "elements": [{"type": "button", "action_id": "a", "text": plain("Open"), **fields}]}


def feedback(**fields):
    one = {"text": plain("Good"), "value": "up:1"}
    buttons = {"type": "feedback_buttons", "action_id": "f", "positive_button": one, "negative_button": one, **fields}
    return {"type": "context_actions", "elements": [buttons]}


def run(text, **fields):
    return {"type": "text", "text": text, **fields}


def holder(elements, kind="rich_text_section", **fields):
    return {"type": kind, "elements": elements, **fields}


def rich(*elements):
    return {"type": "rich_text", "elements": list(elements)}


CONFIRM = {"title": plain("Delete?"), "text": plain("It goes."), "confirm": plain("Delete"), "deny": plain("Keep")}
GOOD = [
    section("x" * 3000),
    {"type": "section", "fields": [plain("x" * 2000)] * 2},
    {"type": "context", "elements": [plain("한국어")] * 10},
    {"type": "divider"},
    {"type": "header", "text": plain("x" * 150)},
    {"type": "markdown", "text": "# 제목"},
    {"type": "image", "image_url": "https://example.org/a.png", "alt_text": "a ship"},
    button(url="https://example.org/a(b)?c=d"),
    button(value="x" * 2000, style="danger", confirm=CONFIRM),
    {"type": "actions", "elements": [{"type": "button", "action_id": f"a{i}", "text": plain("A")} for i in range(25)]},
    feedback(),
    rich(
        holder([run("한"), run("b", style={"bold": True}), {"type": "link", "url": "https://example.org"}]),
        holder([run("quoted")], "rich_text_quote", border=1),
        holder([holder([run("item")])], "rich_text_list", style="ordered", indent=8, offset=3),
        holder([]),
    ),
]


@pytest.mark.parametrize("block", GOOD, ids=lambda block: block["type"])
def test_a_block_at_its_limits_is_taken(block):
    assert block_faults([block]) == []


@pytest.mark.parametrize(
    ("block", "what"),
    [
        ("section", "no object"),
        ({"type": "carousel"}, "unknown type"),
        ({"type": "divider", "text": "x"}, "unknown field text"),
        ({"type": "divider", "block_id": "x" * 256}, "block_id"),
        (section("x" * 3001), "3001 characters of 3000"),
        (section(""), "empty"),
        (section("\ud83d"), "half a character"),
        ({"type": "section"}, "neither text nor fields"),
        ({"type": "section", "fields": [plain("x")] * 11}, "11 items"),
        ({"type": "section", "fields": [plain("x" * 2001)]}, "2001"),
        ({"type": "section", "text": "bare"}, "no text object"),
        ({"type": "section", "text": {"type": "plain_text", "text": "x", "verbatim": True}}, "verbatim"),
        ({"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": True}}, "emoji"),
        ({"type": "section", "text": plain("x"), "accessory": {"type": "feedback_buttons"}}, "does not go there"),
        ({"type": "context", "elements": []}, "0 items"),
        ({"type": "context", "elements": [plain("x")] * 11}, "11 items"),
        ({"type": "context", "elements": [{"type": "image", "image_url": "https://example.org"}]}, "alt_text"),
        ({"type": "header", "text": plain("x" * 151)}, "151"),
        ({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}, "plain_text"),
        ({"type": "markdown", "text": "x" * 12_001}, "12001"),
        ({"type": "markdown", "text": ""}, "empty"),
        ({"type": "actions", "elements": [button()["elements"][0]] * 26}, "26 items"),
        ({"type": "actions", "elements": [button()["elements"][0]] * 2}, "same action_id"),
        ({"type": "actions", "elements": feedback()["elements"]}, "does not go there"),
        ({"type": "context_actions", "elements": button()["elements"]}, "does not go there"),
        (button(text=plain("x" * 76)), "76 characters of 75"),
        (button(value="x" * 2001), "2001"),
        (button(value=7), "no string"),
        (button(url="https://example.org/" + "x" * 3000), "3000"),
        (button(url="https://example.org/a b"), "url"),
        (button(url="example.org"), "url"),
        (button(style="blue"), "style"),
        (button(action_id="x" * 256), "action_id"),
        (button(confirm={**CONFIRM, "title": plain("x" * 101)}), "confirm.title"),
        (button(confirm={**CONFIRM, "deny": plain("x" * 31)}), "confirm.deny"),
        (button(confirm={**CONFIRM, "text": plain("x" * 301)}), "confirm.text"),
        (button(confirm="sure?"), "confirm is no object"),
        (feedback(negative_button=None), "negative_button is missing"),
        (feedback(positive_button={"text": plain("Good")}), "value is missing"),
        (feedback(positive_button={"text": plain("x" * 76), "value": "v"}), "76"),
        (rich(), "empty"),
        (rich(run("x")), "stands in no rich_text"),
        (rich(holder("x")), "no list"),
        (rich(holder([run("")])), "text is missing or empty"),
        (rich(holder([run("\ud83d")])), "text is none"),
        (rich(holder([run("x", url="https://example.org")])), "unknown field url"),
        (rich(holder([run("x", style={"bold": 1})])), "style"),
        (rich(holder([run("x", style={"loud": True})])), "style"),
        (rich(holder([{"type": "link", "url": "example.org", "text": "x"}])), "url"),
        (rich(holder([{"type": "link", "url": "https://example.org/" + "x" * 3000}])), "url"),
        (rich(holder([holder([run("x")])])), "is no element of text"),
        (rich(holder([run("x")], "rich_text_list", style="bullet")), "is no item"),
        (rich(holder([], "rich_text_list", style="roman")), "roman"),
        (rich(holder([], "rich_text_list", style="bullet", indent=9)), "indent 9"),
        (rich(holder([], "rich_text_quote", style="bullet")), "unknown field style"),
    ],
)
def test_a_block_beyond_a_limit_is_refused(block, what):
    faults = block_faults([block])
    assert [fault.code for fault in faults] == ["invalid_blocks"] * len(faults)
    assert any(what in fault.message for fault in faults), faults


def codes(faults):
    return [fault.code for fault in faults]


def test_a_message_has_fifty_blocks():
    assert block_faults([{"type": "divider"}] * 50) == []
    assert codes(block_faults([{"type": "divider"}] * 51)) == ["invalid_blocks"]


def test_markdown_blocks_share_their_twelve_thousand_characters():
    halves = [{"type": "markdown", "text": "x" * 6000}] * 2
    assert block_faults(halves) == []
    assert codes(block_faults([*halves, {"type": "markdown", "text": "x"}])) == ["invalid_blocks"]


def test_all_blocks_together_have_a_limit_that_no_block_has():
    room = ALL_BLOCKS_BYTES - 5 * BLOCK_BYTES - 4 * 3000
    fits = [*[section("x" * 3000)] * 4, section("x" * room)]
    assert blocks_bytes(fits) == ALL_BLOCKS_BYTES
    assert block_faults(fits) == []
    assert codes(block_faults([*fits[:4], section("x" * (room + 1))])) == ["msg_blocks_too_long"]
    # 4,000 Hangul are 12,000 bytes, and blocks weigh by themselves.
    assert codes(block_faults([section("한" * 1000)] * 4)) == []
    assert codes(block_faults([section("한" * 1000)] * 4 + [{"type": "divider"}] * 8)) == ["msg_blocks_too_long"]


def test_block_ids_are_each_there_once():
    assert codes(block_faults([{"type": "divider", "block_id": "d"}] * 2)) == ["invalid_blocks"]
    assert codes(block_faults("[]")) == ["invalid_blocks_format"]


def test_a_message_says_something_in_one_way():
    assert codes(message_faults()) == ["no_text"]
    assert codes(message_faults("x", markdown_text="y")) == ["markdown_text_conflict"]
    assert codes(message_faults("x" * 40_001)) == ["msg_too_long"]
    assert message_faults("x" * 40_000) == message_faults(markdown_text="y") == []


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("x" * 4000, True),
        ("x" * 4001, False),
        ("한" * 1333, True),
        ("한" * 1334, False),
        ("x" * 3995 + "&", True),  # Slack counts it as &amp;
        ("x" * 3996 + "&", False),
        ("&amp;" * 800, True),
    ],
)
def test_an_update_has_four_thousand_bytes_of_text(text, fits):
    assert codes(update_faults(text)) == ([] if fits else ["msg_too_long"])


def test_a_stream_as_a_whole_has_a_limit_in_bytes():
    assert stream_faults("x" * STREAM_BYTES) == []
    assert codes(stream_faults("x" * (STREAM_BYTES + 1))) == ["msg_too_long"]
    assert codes(stream_faults("한" * (STREAM_BYTES // 3 + 1))) == ["msg_too_long"]
    tasks = [{"title": "x" * 200, "details": "y" * 200}]
    assert codes(stream_faults("x" * (STREAM_BYTES - 599), tasks)) == ["msg_too_long"]
    assert stream_faults("x" * (STREAM_BYTES - 600), tasks) == []
