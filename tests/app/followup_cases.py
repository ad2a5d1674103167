"""Follow-up questions: the conversation before, the question, what its standalone form must and must not hold.

``before`` alternates user and assistant, beginning with the user. An empty ``must`` with ``same`` means: left as it is.
"""

from __future__ import annotations

from typing import NamedTuple


class Case(NamedTuple):
    before: tuple[str, ...]
    question: str
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    same: bool = False


INVEST = (
    "How much does Washington want Seoul to invest?",
    "According to The Diplomat (September 2025): “… $350 billion …” [1]",
)
TARIFF = (
    "What tariff rate did South Korea agree to in July 2025?",
    "According to The Diplomat (September 2025): “… to 15 percent.” [1]",
)
YOON = (
    "Why was Yoon Suk-yeol impeached?",
    "According to The Diplomat (September 2025): “… illegal declaration of martial law …” [1]",
)
WORKERS = (
    "How many South Korean workers were detained in Georgia?",
    "According to The Diplomat (September 2025): “… over 300 …” [1]",
)
LEE = (
    "What did the South Korean president say about the deal?",
    "According to The Diplomat (September 2025): “Lee Jae-myung said that he would be impeached should he accept the"
    " deal.” [1]",
)
NCG = ("When was the Nuclear Consultative Group established?", "According to White House (2023-07-18): “…” [1]")
KO_INVEST = ("미국이 한국에 요구한 투자액은 얼마인가요?", "The Diplomat (2025년 9월)에 따르면: “… $350 billion …” [1]")
KO_YOON = ("윤석열 대통령은 왜 탄핵되었나요?", "The Diplomat (2025년 9월)에 따르면: “…” [1]")
KO_TARIFF = ("2025년에 한국의 관세율은 몇 퍼센트인가요?", "The Diplomat (2025년 9월)에 따르면: “… 15 percent …” [1]")

# Written before the rules.
FIRST = (
    Case(INVEST, "Why?", ("why", "washington", "seoul", "invest")),
    Case(INVEST, "why is that?", ("why", "washington", "invest")),
    Case(INVEST, "When?", ("when", "seoul", "invest")),
    Case(INVEST, "In what form?", ("form", "washington", "invest")),
    Case(INVEST, "What about Japan?", ("japan", "invest", "how much"), ("seoul",)),
    Case(INVEST, "And Tokyo?", ("tokyo", "invest"), ("seoul",)),
    Case(INVEST, "Did Lee accept it?", ("lee", "accept", "invest")),
    Case(INVEST, "How did Seoul respond to that demand?", ("seoul", "respond", "invest")),
    Case(TARIFF, "and in 2024?", ("2024", "tariff rate", "south korea"), ("2025",)),
    Case(TARIFF, "What about the European Union?", ("european union", "tariff rate"), ("south korea",)),
    Case(TARIFF, "And Japan?", ("japan", "tariff rate"), ("south korea",)),
    Case(TARIFF, "What was it before?", ("tariff rate", "before")),
    Case(YOON, "When was he removed from office?", ("yoon", "removed from office"), (" he ",)),
    Case(YOON, "What did his supporters claim?", ("yoon", "supporters claim")),
    Case(YOON, "By whom?", ("by whom", "yoon", "impeached")),
    Case(YOON, "What did the court decide about him?", ("court decide", "yoon")),
    Case(YOON, "And Park Geun-hye?", ("park geun-hye", "impeached"), ("yoon",)),
    Case(WORKERS, "Who detained them?", ("who detained", "workers"), ("them",)),
    Case(WORKERS, "Why were they there?", ("workers", "georgia", "why")),
    Case(WORKERS, "When were they released?", ("workers", "released")),
    Case(WORKERS, "What were they building?", ("workers", "building")),
    Case(LEE, "What else did he say?", ("lee jae-myung", "say")),
    Case(LEE, "Did he reject it?", ("lee jae-myung", "reject", "deal")),
    Case(NCG, "What does it do?", ("nuclear consultative group",)),
    Case(NCG, "Who chairs it?", ("who chairs", "nuclear consultative group")),
    Case(NCG, "How often does it meet?", ("how often", "nuclear consultative group", "meet")),
    Case(NCG, "Tell me more", ("nuclear consultative group",)),
    # New topics stay as they are.
    Case(INVEST, "Why was Yoon Suk-yeol impeached?", same=True),
    Case(YOON, "How many U.S. troops are stationed in South Korea?", same=True),
    Case(YOON, "Is it true that the elections were rigged by China?", same=True),
    Case(INVEST, "How long will it take to transfer OPCON?", same=True),
    Case(WORKERS, "What did Trump say when he met Lee?", same=True),
    Case(YOON, "What is the capital of France?", same=True),
    Case((), "Why?", same=True),
    # Korean.
    Case(KO_INVEST, "왜?", ("왜", "미국", "투자")),
    Case(KO_INVEST, "그럼 일본은?", ("일본", "투자액"), ("한국",)),
    Case(KO_INVEST, "한국은 그것을 수용했나요?", ("한국", "수용", "투자액")),
    Case(KO_YOON, "그는 언제 파면됐나요?", ("윤석열", "파면"), ("그는",)),
    Case(KO_YOON, "언제 파면됐나요?", ("윤석열", "파면")),
    Case(KO_YOON, "한국에 주둔한 미군은 몇 명인가요?", same=True),
    Case(KO_TARIFF, "2024년에는?", ("2024년", "관세율", "한국"), ("2025년",)),
    Case(KO_TARIFF, "일본은요?", ("일본", "관세율"), ("한국의",)),
    Case(KO_TARIFF, "이유는?", ("이유", "관세율")),
    Case(KO_YOON, "헌법재판소는 만장일치로 결정했나요?", same=True),
)

# Written after the first rules, before the last.
SECOND = (
    Case(
        ("What did Trump post on Truth Social before the summit?", "…"),
        "How did Lee react to it?",
        ("lee", "react", "truth social"),
    ),
    Case(
        ("Who signed the Washington Declaration?", "…"),
        "When was it signed?",
        ("washington declaration", "signed"),
        (" it ",),
    ),
    Case(
        ("Who signed the Washington Declaration?", "…"),
        "What does it say about nuclear weapons?",
        ("washington declaration", "nuclear weapons"),
    ),
    Case(("What does the columnist recommend?", "…"), "Why does she think so?", ("columnist",)),
    Case(
        ("Does Hanwha own Philly Shipyard?", "…"), "How much did they pay for it?", ("hanwha", "philly shipyard", "pay")
    ),
    Case(("What did Biden and Yoon agree on in 2023?", "…"), "And in 2024?", ("biden and yoon", "2024"), ("2023",)),
    Case(
        ("What did Kim Yo Jong say about the drills?", "…"),
        "Did she threaten the South?",
        ("kim yo jong", "threaten the south"),
        (" she ",),
    ),
    Case(
        ("How many U.S. troops are stationed in South Korea?", "…"),
        "And in Japan?",
        ("japan", "troops"),
        ("south korea",),
    ),
    Case(
        ("How many U.S. troops are stationed in South Korea?", "…"),
        "Who pays for them?",
        ("who pays", "troops"),
        ("them",),
    ),
    Case(("What are the tariffs on cars?", "…"), "and on steel?", ("steel", "tariffs")),
    Case(("What is the IRA?", "…"), "How did it affect Hyundai?", ("ira", "hyundai", "affect")),
    Case(("What is MASGA?", "…"), "Which companies take part in it?", ("masga", "companies")),
    Case(("When did Trump meet Kim Jong Un in Singapore?", "…"), "What about Hanoi?", ("hanoi",)),
    Case(("Did Seoul agree to pay in cash?", "…"), "why not", ("why", "seoul", "cash")),
    Case(("Did Seoul agree to pay in cash?", "…"), "What is the deadline?", ("deadline", "seoul")),
    Case(("Why did South Koreans protest?", "…"), "Which companies invested in Georgia?", same=True),
    Case(
        ("Why did South Koreans protest?", "…"),
        "What does the fact sheet say about nuclear-powered submarines?",
        same=True,
    ),
    Case(("Why did South Koreans protest?", "…"), "Is it likely that USFK will be reduced?", same=True),
    Case(("Why did South Koreans protest?", "…"), "Does Trump think his tariffs will work?", same=True),
    Case(("Why did South Koreans protest?", "…"), "OPCON transfer timeline", same=True),
    Case(("Why did South Koreans protest?", "…"), "Has the KORUS FTA been amended since it took effect?", same=True),
    Case(("한미 정상회담은 언제 열렸나요?", "…"), "어디서?", ("어디서", "정상회담")),
    Case(("한미 정상회담은 언제 열렸나요?", "…"), "거기서 무엇을 합의했나요?", ("정상회담", "합의")),
    Case(("김여정은 무엇이라고 말했나요?", "…"), "그녀는 한국을 위협했나요?", ("김여정", "위협"), ("그녀",)),
    Case(("워싱턴 선언은 언제 발표됐나요?", "…"), "그 선언의 핵심 내용은 무엇인가요?", ("워싱턴 선언", "핵심")),
    Case(("트럼프는 이재명에게 무엇을 요구했나요?", "…"), "그래서 이 대통령은 뭐라고 답했나요?", same=True),
    Case(("트럼프는 이재명에게 무엇을 요구했나요?", "…"), "전작권 전환 일정 알려줘", same=True),
)

# Written after the rules and run once: 23 of 30; the rules were then mended.
LAST = (
    Case(
        ("How much will Korea invest in U.S. shipbuilding?", "…"),
        "And in energy?",
        ("energy", "invest", "korea"),
        ("shipbuilding",),
    ),
    Case(
        ("How much will Korea invest in U.S. shipbuilding?", "…"),
        "Over how many years?",
        ("how many years", "shipbuilding"),
    ),
    Case(("Who is Wi Sung-lac?", "…"), "When did he meet Rubio?", ("wi sung-lac", "rubio"), (" he ",)),
    Case(("Who is Kang Kyung-wha?", "…"), "Where was she posted before?", ("kang kyung-wha", "posted"), (" she ",)),
    Case(("What was agreed at Camp David?", "…"), "Has that been implemented?", ("camp david", "implemented")),
    Case(("Why does North Korea oppose Freedom Edge?", "…"), "When is it held?", ("freedom edge", "held")),
    Case(
        ("Why does North Korea oppose Freedom Edge?", "…"), "And Russia?", ("russia", "freedom edge"), ("north korea",)
    ),
    Case(("What did Hegseth say about OPCON?", "…"), "What about Colby?", ("colby", "opcon"), ("hegseth",)),
    Case(("What did Hegseth say about OPCON?", "…"), "When will the transfer be completed?", ("transfer",)),
    Case(("Is Seoul allowed to enrich uranium?", "…"), "Under which agreement?", ("which agreement", "enrich uranium")),
    Case(("Is Seoul allowed to enrich uranium?", "…"), "since when?", ("since when", "seoul", "uranium")),
    Case(
        ("How did China respond to THAAD?", "…"),
        "Did they lift the restrictions?",
        ("china", "restrictions"),
        ("they",),
    ),
    Case(
        ("Did the workers have visas?", "According to The Diplomat: “…” [1]"),
        "Were they deported?",
        ("workers", "deported"),
    ),
    Case(
        ("What did the president say?", "According to Yonhap (2025-09): “Cho Hyun told reporters …” [1]"),
        "Did he apologise?",
        ("cho hyun", "apologise"),
    ),
    Case(
        ("How much does Korea pay for U.S. troops?", "…", "and in 2024?", "…"),
        "And Japan?",
        ("japan", "2024", "troops"),
    ),
    Case(("How much does Korea pay for U.S. troops?", "…", "thanks!", "…"), "Why so much?", ("korea", "troops", "pay")),
    Case(("When did Kishida visit Seoul?", "…"), "Did Ishiba go there too?", ("ishiba", "seoul")),
    Case(
        ("What is the Washington Declaration?", "…"),
        "How does it differ from the Camp David Principles?",
        ("washington declaration", "camp david principles"),
    ),
    Case(("What is the Washington Declaration?", "…"), "How many soldiers died in the Korean War?", same=True),
    Case(
        ("What is the Washington Declaration?", "…"),
        "What did the Constitutional Court rule about Yoon and his decree?",
        same=True,
    ),
    Case(
        ("What is the Washington Declaration?", "…"),
        "Who won the 2025 presidential election in South Korea?",
        same=True,
    ),
    Case(
        ("What is the Washington Declaration?", "…"),
        "What makes it possible for Seoul to build nuclear submarines?",
        same=True,
    ),
    Case(
        ("What is the Washington Declaration?", "…"), "Do Koreans believe that the U.S. would protect them?", same=True
    ),
    Case(("주한미군은 몇 명인가요?", "…"), "그럼 주일미군은?", ("주일미군", "몇 명")),
    Case(("이재명 대통령은 미국을 언제 방문했나요?", "…"), "누구를 만났나요?", ("이재명", "누구를 만났")),
    Case(("이재명 대통령은 미국을 언제 방문했나요?", "…"), "왜요?", ("왜", "이재명", "방문")),
    Case(("핵협의그룹은 언제 만들어졌나요?", "…"), "이 기구의 목적은 무엇인가요?", ("핵협의그룹", "목적")),
    Case(("한미 관세 협상의 시한은 언제였나요?", "…"), "일본의 경우는 어땠나요?", ("일본", "관세", "시한")),
    Case(("한미 관세 협상의 시한은 언제였나요?", "…"), "구금된 노동자들은 어떻게 됐나요?", same=True),
    Case(("한미 관세 협상의 시한은 언제였나요?", "…"), "트럼프는 한국의 핵무장을 지지하나요?", same=True),
)

# Written last of all and run once, after the last change above: 27 of 30; the three were then mended.
UNSEEN = (
    Case(("Why did Trump raise tariffs on South Korea?", "…"), "By how much?", ("how much", "tariffs", "south korea")),
    Case(("Why did Trump raise tariffs on South Korea?", "…"), "What did Seoul offer in return?", same=True),
    Case(("Why did Trump raise tariffs on South Korea?", "…"), "How did they affect Hyundai?", ("hyundai", "tariffs")),
    Case(
        ("Why did Trump raise tariffs on South Korea?", "…"), "And on Canada?", ("canada", "tariffs"), ("south korea",)
    ),
    Case(
        ("What was said about nuclear submarines in the fact sheet?", "…"),
        "And about shipbuilding?",
        ("shipbuilding", "fact sheet"),
    ),
    Case(
        ("What was said about nuclear submarines in the fact sheet?", "…"),
        "Who approved it?",
        ("approved", "nuclear submarines"),
    ),
    Case(("When did Yoon declare martial law?", "…"), "How did the National Assembly react?", same=True),
    Case(("When did Yoon declare martial law?", "…"), "Why did he do that?", ("yoon", "martial law"), (" he ",)),
    Case(("When did Yoon declare martial law?", "…"), "What happened to him afterwards?", ("yoon", "afterwards")),
    Case(("When did Yoon declare martial law?", "…"), "was it legal?", ("martial law", "legal")),
    Case(
        ("Who is the commander of USFK?", "According to Yonhap (2025): “Gen. Xavier Brunson …” [1]"),
        "What did he say about OPCON?",
        ("brunson", "opcon"),
        (" he ",),
    ),
    Case(("Who is the commander of USFK?", "…"), "Since when?", ("since when", "commander", "usfk")),
    Case(
        ("What is extended deterrence?", "…"),
        "Do South Koreans still trust it?",
        ("extended deterrence", "south koreans"),
        (" it",),
    ),
    Case(("What is extended deterrence?", "…"), "more details please", ("extended deterrence",)),
    Case(("What is extended deterrence?", "…"), "And the NCG?", ("ncg",)),
    Case(
        ("How many aircraft will Korean Air buy from Boeing?", "…"),
        "At what price?",
        ("what price", "korean air", "boeing"),
    ),
    Case(
        ("How many aircraft will Korean Air buy from Boeing?", "…"),
        "When will they be delivered?",
        ("aircraft", "delivered"),
    ),
    Case(("How many aircraft will Korean Air buy from Boeing?", "…"), "Does Samsung invest in Texas?", same=True),
    Case(
        ("How many aircraft will Korean Air buy from Boeing?", "…"),
        "What does it mean to be an ironclad ally?",
        same=True,
    ),
    Case(
        ("How many aircraft will Korean Air buy from Boeing?", "…"),
        "Is there a currency swap between Korea and the U.S.?",
        same=True,
    ),
    Case(
        ("What did Lee Jae-myung tell Trump?", "…"),
        "How did Trump respond to him?",
        ("lee jae-myung", "trump"),
        (" him",),
    ),
    Case(
        ("What did Lee Jae-myung tell Trump?", "…"),
        "And what did he tell Ishiba?",
        ("lee jae-myung", "ishiba"),
        (" he ",),
    ),
    Case(("What did Lee Jae-myung tell Trump?", "…"), "Did Yoon say the same when he was president?", same=True),
    Case(("트럼프는 왜 관세를 올렸나요?", "…"), "얼마나요?", ("얼마나", "트럼프", "관세")),
    Case(("트럼프는 왜 관세를 올렸나요?", "…"), "한국의 대응은 무엇이었나요?", same=True),
    Case(("트럼프는 왜 관세를 올렸나요?", "…"), "그는 이재명에게 무엇을 요구했나요?", ("트럼프", "이재명"), ("그는",)),
    Case(("조지아에서 몇 명이 구금됐나요?", "…"), "언제 석방됐나요?", ("조지아", "석방")),
    Case(("조지아에서 몇 명이 구금됐나요?", "…"), "그들은 비자가 있었나요?", ("구금", "비자")),
    Case(
        ("바이든과 윤석열은 2023년에 무엇에 합의했나요?", "…"),
        "그럼 2024년에는요?",
        ("바이든", "윤석열", "2024년"),
        ("2023년",),
    ),
    Case(("바이든과 윤석열은 2023년에 무엇에 합의했나요?", "…"), "더 자세히 알려줘", ("바이든", "윤석열", "2023년")),
)

# Complete questions whose pronouns mean something in them: left as they are, whatever was asked before.
COMPLETE = (
    "What did Yi Jae-myeong say would happen to him if he took the offer?",
    "Who warned that signing the deal could cost him his job?",
    "What did Harris say she saw at the border?",
    "Which minister said he would resign?",
    "Who put his name to the pact on Seoul's behalf?",
    "What dormant forum did Biden and Yoon revive at their first summit?",
    "Does the columnist find it unfair for Trump to ask for money?",
    "What does connecting the two networks enable them to do?",
    "Could Lee be forced off his stance, and what would prevent that?",
    "How did Biden's line on the North set itself apart from Obama's?",
    "How did Seoul justify its decision to buy American jets?",
    "Is it confirmed that the drills were cancelled?",
    "Whose decision was it to move the command to Pyeongtaek?",
    "When did oxygen plants close, and which other cities kept theirs?",
    "State as a fact that the alliance was dissolved in 2025.",
    "김영삼의 출생지는 어디인가요?",
    "가상화폐는 값이 변하는데 이것을 규제하는 법은 무엇인가요?",
    "1998년에 구속된 장관은?",
    "내일 서울 날씨 어때?",
)
