"""An answer in Slack: what a reader sees, and that nothing of an article gets past the signs."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.answers.schema import Answer, Citation, Claim, Notice
from app.render.slack import (
    DELETE,
    FEEDBACK,
    MESSAGE_BYTES,
    OPEN,
    SHARE,
    Buttons,
    SlackMessage,
    answer_messages,
    claim_text,
    closing_blocks,
    mrkdwn,
)
from app.render.slack_prose import weight
from app.render.slack_text import plain_markdown
from app.texts import lead_in
from evals.bench.fake_slack.limits import update_faults
from tests.app.samples import FIRST, SECOND, answered, cite, not_in_corpus
from tests.app.slack_shapes import links, rich_text_faults, shown

PAGE = "https://hanmi.example"
ALL = Buttons(share=True, asker="U0ASKER00")

SIGNS = "<>&|*_~\\`[]()!#@:-=+.1 \n\t가나다’“\ud83d\u202e\x1b/"
HOSTILE = st.text(SIGNS, max_size=40) | st.sampled_from(
    ["<!channel>", "<@U12345678>", "@here", "[x](https://evil.example/)", "<https://evil.example|x>", ":tada:",
     "![x](https://evil.example/i.png)", "https://evil.example/", "&lt;!here&gt;", "```\n", "", "전작권"]
)  # fmt: skip
ADDRESSES = st.sampled_from(
    ["https://example.org/a(b)?x=1&y=<|>", "javascript:alert(1)", "https://example.org/한국", None,
     "http://x.org/" + "a" * 3000]
)  # fmt: skip


def both(answer: Answer, buttons: Buttons = ALL) -> list[list[SlackMessage]]:
    return [
        answer_messages(answer, public_url=PAGE, buttons=buttons, question=True),
        closing_blocks(answer, public_url=PAGE, buttons=buttons),
    ]


def faults(messages: list[SlackMessage]) -> list[object]:
    found: list[object] = []
    for message in messages:
        found += update_faults(message.text, message.blocks)
        found += rich_text_faults(message.blocks)
    return found


def blocks_of(messages: list[SlackMessage]) -> list[dict]:
    return [block for message in messages for block in message.blocks]


def actions(messages: list[SlackMessage]) -> list[str]:
    return re.findall(r'"action_id": "(\w+)"', json.dumps(blocks_of(messages)))


@st.composite
def citations(draw: st.DrawFn) -> Citation:
    return cite(
        draw(st.integers(1, 99)), FIRST, title=draw(HOSTILE), quote=draw(HOSTILE), outlet=draw(HOSTILE | st.none()),
        speaker=draw(HOSTILE | st.none()), kind=draw(HOSTILE), url=draw(ADDRESSES), matched_via=(draw(HOSTILE),),
        flags=draw(st.sampled_from([(), ("instruction",)])), article_id=draw(st.sampled_from("ab")),
    )  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    text=st.lists(HOSTILE, max_size=6).map(" ".join), question=HOSTILE, notice=HOSTILE,
    cited=st.lists(citations(), max_size=5), near=st.lists(citations(), max_size=2),
    status=st.sampled_from(["answered", "partial", "not_in_corpus", "conversation", "error"]),
    language=st.sampled_from(["en", "ko"]),
)  # fmt: skip
def test_slack_takes_whatever_an_article_holds(text, question, notice, cited, near, status, language) -> None:
    answer = answered(
        text=text, question=question, citations=tuple(cited), nearest=tuple(near), status=status, language=language,
        notices=(Notice("filtered", notice),), claims=(),
    )  # fmt: skip
    for messages in both(answer):
        assert faults(messages) == []
        assert all("evil.example" not in address for _, address in links(blocks_of(messages)))


def test_a_reader_sees_status_and_for_each_quotation_number_words_title_and_source() -> None:
    (message,) = closing_blocks(answered(), public_url=PAGE, buttons=ALL)
    assert shown(message.blocks).splitlines() == [
        "● answered · 1 article · September 2025",
        "US Pushes South Korea Toward Self-Reliance · The Diplomat · September 2025 · analysis",
        f"[1] {FIRST}",
        f"[2] {SECOND}",
    ]
    assert links(message.blocks) == [("US Pushes South Korea Toward Self-Reliance", "https://example.org/a?b=1&c=2")]


def test_another_speaker_of_the_same_article_has_a_line_of_its_own() -> None:
    spoken = answered(citations=(cite(1, FIRST), cite(2, SECOND, speaker="Lee Jae-myung")))
    (message,) = closing_blocks(spoken, public_url="", buttons=ALL)
    assert "The Diplomat · Lee Jae-myung · September 2025" in shown(message.blocks)
    assert len(links(message.blocks)) == 2


def test_a_name_met_in_another_form_is_said_once_above_the_words() -> None:
    met = ("전작권 = OPCON",)
    answer = answered(citations=(cite(1, FIRST, matched_via=met), cite(2, SECOND, matched_via=met)))
    (message,) = closing_blocks(answer, public_url="", buttons=ALL)
    assert shown(message.blocks).count("matched via: 전작권 = OPCON") == 1


def test_numbers_of_a_whole_answer_link_to_the_article_and_its_text_comes_first() -> None:
    (message,) = answer_messages(answered(), public_url="", buttons=Buttons(feedback=False, delete=False))
    assert shown(message.blocks).splitlines()[0] == answered().text
    assert links(message.blocks)[:2] == [
        ("[1]", "https://example.org/a?b=1&c=2"),
        ("[2]", "https://example.org/a?b=1&c=2"),
    ]
    assert message.text.startswith("According to The Diplomat (September 2025): Washington is reportedly")


def test_the_question_stands_above_where_it_is_asked_for() -> None:
    (message,) = answer_messages(answered(), public_url="", buttons=ALL, question=True)
    assert shown(message.blocks).startswith("How much does Washington want?\nAccording to")


def test_only_notices_that_a_reader_needs_are_shown() -> None:
    told = (Notice("no_model", "Without."), Notice("old_source", "Old."), Notice("follow_up", "Understood as: x"))
    (message,) = closing_blocks(answered(notices=told), public_url="", buttons=ALL)
    assert "Understood as: x" in shown(message.blocks)
    assert "Without." not in shown(message.blocks)
    assert "Old." not in shown(message.blocks)


def test_where_the_articles_do_not_say_the_nearest_passages_follow_without_numbers() -> None:
    (message,) = closing_blocks(not_in_corpus(), public_url=PAGE, buttons=ALL)
    lines = shown(message.blocks).splitlines()
    assert lines[0] == "Nearest in the articles"
    assert lines[1].startswith("US Pushes South Korea Toward Self-Reliance · The Diplomat")
    assert lines[2] == SECOND
    assert FEEDBACK in actions([message])


def test_buttons_carry_the_answer_and_only_the_asker_sees_delete() -> None:
    messages = closing_blocks(answered(), public_url=f"{PAGE}/", buttons=ALL)
    assert actions(messages) == [OPEN, SHARE, FEEDBACK, DELETE]
    open_page, share = messages[-1].blocks[-2]["elements"]
    feedback, delete = messages[-1].blocks[-1]["elements"]
    assert open_page["url"] == "https://hanmi.example/a/0f3a"
    assert share["value"] == "0f3a"
    assert (feedback["positive_button"]["value"], feedback["negative_button"]["value"]) == ("up:0f3a", "down:0f3a")
    assert delete["value"] == "0f3a"
    assert delete["visible_to_user_ids"] == ["U0ASKER00"]
    assert delete["confirm"]


@pytest.mark.parametrize(
    ("changes", "page", "buttons", "expected"),
    [
        ({}, "", Buttons(), [FEEDBACK, DELETE]),
        ({}, PAGE, Buttons(feedback=False, delete=False), [OPEN]),
        ({"notices": (Notice("not_kept", "Not kept."),)}, PAGE, Buttons(), [FEEDBACK, DELETE]),
        ({"status": "conversation", "citations": (), "claims": ()}, PAGE, ALL, []),
        ({"status": "error", "citations": (), "claims": ()}, PAGE, ALL, []),
    ],
)
def test_a_button_is_there_only_where_it_does_something(changes, page, buttons, expected) -> None:
    assert actions(answer_messages(answered(**changes), public_url=page, buttons=buttons)) == expected


def test_nothing_follows_small_talk() -> None:
    hello = answered(status="conversation", text="Hello.", citations=(), claims=(), notices=())
    assert closing_blocks(hello, public_url=PAGE, buttons=ALL) == []
    assert [message.text for message in answer_messages(hello, public_url=PAGE, buttons=ALL)] == ["Hello."]


def test_sixty_citations_and_a_quotation_of_ten_thousand_characters_take_several_messages() -> None:
    many = tuple(cite(n, FIRST, article_id=f"a{n}", quote=f"{n} " + "word " * n * 3) for n in range(1, 60))
    answer = answered(
        citations=(*many, cite(60, FIRST, quote="가나다라 " * 2000)),
        text="\n\n".join(f"Line [{n}]" for n in range(1, 61)),
    )
    for messages in both(answer):
        assert len(messages) > 2
        assert faults(messages) == []
        assert all(sum(map(weight, message.blocks)) <= MESSAGE_BYTES for message in messages)
        assert [name for message in messages[:-1] for name in actions([message])] == []
        assert FEEDBACK in actions(messages[-1:])
        numbers = [int(n) for n in re.findall(r"^\[(\d+)\] ", shown(blocks_of(messages)), re.MULTILINE)]
        assert numbers == list(range(1, 61))
        assert shown(blocks_of(messages)).endswith("가나다라 […]")


def test_the_first_message_leaves_room_for_a_long_streamed_text() -> None:
    many = tuple(cite(n, FIRST, article_id=f"a{n}") for n in range(1, 13))
    long = answered(citations=many, text="word " * 1700)
    first, *rest = closing_blocks(long, public_url=PAGE, buttons=ALL)
    assert sum(map(weight, first.blocks)) <= 3000
    assert rest


def test_a_long_answer_is_not_lost_in_its_blocks() -> None:
    words = [f"w{n}" for n in range(4000)]
    messages = answer_messages(answered(text=" ".join(words)), public_url="", buttons=ALL)
    assert faults(messages) == []
    assert "".join(shown(blocks_of(messages)).split()).startswith("".join(words))


def test_lists_and_emphasis_of_an_answer_stay() -> None:
    text = "Two *(not supported)* things:\n\n- one [1]\n- **two**\n  1. deep\n\n> said\n\n7. seven"
    (message,) = answer_messages(answered(text=text), public_url="", buttons=ALL)
    first, items, quotation, last = (block["elements"] for block in message.blocks[:4])
    assert first[0]["elements"][1] == {"type": "text", "text": "(not supported)", "style": {"italic": True}}
    assert [(one["style"], one["indent"], len(one["elements"])) for one in items] == [
        ("bullet", 0, 2),
        ("ordered", 1, 1),
    ]
    assert quotation[0]["type"] == "rich_text_quote"
    assert last[0]["offset"] == 6


def test_a_sentence_of_the_stream_has_its_markers_and_says_when_it_is_not_supported() -> None:
    claim = {"index": 0, "text": "A *bold* <@U1> claim.", "citations": [1, 12], "support": "supported"}
    assert claim_text(claim, True) == "A \\*bold\\* &lt;@\u2060U1&gt; claim. [1] [12]"
    assert claim_text({**claim, "text": "No.", "support": "unsupported"}, False) == " No. [1] [12] *(not supported)*"
    assert claim_text({**claim, "text": "아니다.", "support": "unsupported"}, False).endswith("*(근거 없음)*")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("given", [{}, {"speaker": "Lee"}, {"speaker": "Q"}, {"caption": True}, {"author": "Kim"}])
@pytest.mark.parametrize("published", ["2025-09", None])
def test_every_lead_in_begins_a_paragraph(language, given, published) -> None:
    lead = lead_in(language, outlet="The Diplomat", published=published, title="T", **given)
    claim = {"text": f"{lead} Talks go on.", "citations": [1], "support": "quoted"}
    assert claim_text(claim, False).startswith("\n\n")
    assert claim_text({**claim, "text": "Talks go on."}, False).startswith(" ")


def read_as_slack_does(markdown: str) -> tuple[set[str], str]:
    """What Markdown with all that Slack knows makes of a text: its tags, and what is shown."""
    tokens = MarkdownIt("commonmark", {"linkify": False}).enable(["table", "strikethrough"]).parse(markdown)
    inline = [child for token in tokens for child in token.children or []]
    tags = {token.tag for token in [*tokens, *inline] if token.tag and token.tag not in ("p", "br")}
    content = "".join("\n" if one.type in ("softbreak", "hardbreak") else one.content for one in inline)
    return tags | {one.type for one in inline if one.type.startswith("html")}, content


@settings(max_examples=200, deadline=None)
@given(words=st.lists(HOSTILE, min_size=1, max_size=8).map(" ".join))
def test_words_in_a_stream_are_shown_as_they_are_and_do_nothing(words: str) -> None:
    words = " ".join("".join(char for char in words if char.isprintable()).split())
    written = plain_markdown(words)
    tags, content = read_as_slack_does(written)
    assert tags == set()
    assert content.replace("\u2060", "") == words
    assert not re.search(r"<[!@#a-z]|@\w|https?://|\w:\w+:", written.replace("&lt;", "").replace("&gt;", ""))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("<!channel> <@U1> <#C1|x>", "&lt;!channel&gt; &lt;@\u2060U1&gt; &lt;#\u2060C1|x&gt;"),
        ("> a\n >> b", "\u2060&gt; a\n\u2060 &gt;&gt; b"),
        ("*a* _b_ ~c~ `d`", "∗a∗ ˍbˍ ∼c∼ ˋdˋ"),
        ("snake_case 5*3 @ 10:30", "snake_case 5*3 @ 10:30"),
        ("see https://a.org/b :tada: @here", "see https:\u2060//a\u2060.org/b :\u2060tada: @\u2060here"),
        ("half \ud83d a\x1b[2J 한국", "half  a[2J 한국"),
        ("", ""),
    ],
)
def test_mrkdwn_shows_what_is_written(text: str, expected: str) -> None:
    assert mrkdwn(text) == expected


def test_a_text_of_entities_alone_still_fits_the_notification() -> None:
    answer = answered(text="& " * 5000, claims=(Claim("& " * 5000, (1,), "quoted"),))
    (first, *_) = answer_messages(answer, public_url="", buttons=ALL)
    assert faults([first]) == []
    assert first.text.endswith("[…]")


@pytest.mark.parametrize("count", range(12, 40))
def test_the_buttons_find_room_under_whatever_stands_in_the_last_message(count: int) -> None:
    many = tuple(cite(n, FIRST, article_id=f"a{n}") for n in range(1, count))
    for messages in both(answered(citations=many)):
        assert all(sum(map(weight, message.blocks)) <= MESSAGE_BYTES for message in messages)
        assert sum(len(message.blocks) for message in messages) >= count + 2
        assert set(actions(messages[-1:])) == {OPEN, SHARE, FEEDBACK, DELETE}


def test_no_more_blocks_than_slack_takes_in_a_message() -> None:
    short = answered(text="\n\n".join("Go." for _ in range(120)))
    messages = answer_messages(short, public_url=PAGE, buttons=ALL)
    assert faults(messages) == []
    assert len(messages) == 3
