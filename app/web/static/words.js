// Every word the page itself says, in both languages, and how dates and numbers are written in each.

const MONTHS = [
  "January", "February", "March", "April", "May", "June",
  "July", "August", "September", "October", "November", "December",
];
const some = (n, one, many = `${one}s`) => `${number(n)} ${n === 1 ? one : many}`;

const WORDS = {
  en: {
    ask: "Ask", library: "Library", question: "Question", placeholder: "Ask the articles…", send: "Ask", stop: "Stop",
    skip: "Skip to the question", sections: "Sections", language: "Language",
    theme: { system: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" },
    keys: "Keys", close: "Close",
    // Start
    start: "Ask about what your articles say. Every sentence of an answer leads to the exact words behind it.",
    outlets: (n) => some(n, "outlet"), articles: (n) => some(n, "article"),
    tryThese: "Questions these articles answer",
    addMore: "To add more, put .md, .txt, .html, .pdf or .docx files into corpus/articles/; the page picks them up.",
    noArticles: "There are no articles yet.",
    noArticlesHelp: "Put .md, .txt, .html, .pdf or .docx files into corpus/articles/; they can be asked about a moment later.",
    // Working
    asking: "asking", searching: (n) => `searching ${some(n, "article")}`, reading: (n) => `reading ${some(n, "passage")}`,
    modelReading: (n) => `the model is reading ${some(n, "passage")}`,
    writing: "writing", writingMarked: (n) => `writing · ${some(n, "sentence")} not supported so far`,
    // Who answers
    engine: "Who answers", engines: { extractive: "Quoted", generative: "Written" },
    engineHelp: {
      extractive: () => "Quoted: the articles’ own sentences", generative: (model) => `Written: by ${model}, each sentence checked against what it cites`,
    },
    sends: (model, host) => `For written answers your question, the conversation before it and passages of the articles are sent to ${model} at ${host}.`, understood: "Understood",
    instead: { extractive: "Quoted instead", generative: "Written instead" },
    // Answers
    status: {
      answered: "answered", partial: "partly answered", not_in_corpus: "the articles don’t say",
      conversation: "about Hanmi and its articles", error: "no answer",
    },
    extractive: "the articles’ own sentences, no language model", noModel: "no language model", written: (model) => `written by ${model}`,
    quotedInstead: "the articles’ own sentences instead", read: (model) => `read by ${model}`,
    tokens: (n) => some(n, "token"), about: (cost) => `about ${cost}`,
    spent: "Counted by the model’s endpoint, or estimated where it counts none; the cost by the price that is set.",
    marked: (n, all) => `${number(n)} of ${some(all, "sentence")} not supported`,
    mended: (n) => `${some(n, "sentence")} written anew after the check (dotted).`, dropped: (n) => `${some(n, "sentence")} left out after the check.`,
    names: "names understood", unsupported: "not supported", unsupportedLong: "The cited passages do not carry this sentence.",
    citation: (n, source) => `Citation ${n}: ${source}`,
    sources: (n) => some(n, "source"), evidence: "Evidence",
    nearest: "Nearest in the articles", nearestNote: "These come closest; they may not answer the question.",
    matchedVia: "matched via", undated: "undated", untitled: "Untitled",
    instruction: "Reads like an instruction to a machine; shown as the article’s words only.",
    openArticle: "open article", original: "original", newTab: "opens in a new tab",
    stopped: "Stopped before the answer was complete.", interrupted: "The page was closed before the answer was complete.",
    lost: "The connection ended before the answer was complete. Ask again.",
    offline: "The server cannot be reached. Your question is kept: ask again when it is back.",
    unreachable: "The server cannot be reached; this page tries again by itself.",
    failed: "Something went wrong, and there is no answer. Ask again.",
    busy: "An answer is on its way; stop it to ask something else.",
    // Actions
    copy: "Copy", copied: "Copied with its citations.", notCopied: "The browser did not allow copying.",
    link: "Link", linkCopied: "Link to this answer copied.", export: "Export",
    formats: { markdown: "Markdown", html: "HTML", json: "JSON" }, print: "Print",
    exportFailed: "The export did not work. Try again.",
    retry: "Ask again", edit: "Edit", helpful: "Helpful", notHelpful: "Not helpful",
    reason: "What was wrong? (optional)", sendReason: "Send", thanks: "Noted, thank you.", feedbackFailed: "The feedback could not be saved.",
    followUps: "Ask next",
    // Filters
    filters: "Filters", outlet: "Outlet", kind: "Kind", from: "From", to: "To", remove: (what) => `Remove ${what}`,
    dateHint: "2025, 2025-09 or 2025-09-30", badDate: "Write a date as 2025, 2025-09 or 2025-09-30.", since: (d) => `from ${d}`, until: (d) => `to ${d}`,
    filteredBy: "Only",
    // History
    history: "History", newQuestion: "New question", today: "Today", earlier: "Earlier", noHistory: "Your questions will be listed here, in this browser only.",
    rename: "Rename", delete: "Delete", deleteAll: "Delete all", deleteAllSure: (n) => `Delete ${some(n, "conversation")}?`, keep: "Keep",
    deleted: "Deleted.", deletedElsewhere: "This conversation was deleted in another tab.", undo: "Undo", title: "Title", conversation: "Conversation",
    storeFull: "This browser’s store is full; delete old conversations to keep new ones.",
    // Reader
    reader: "Article", previous: "Previous citation", next: "Next citation", place: (n, all) => `${n} of ${all}`,
    loading: "Opening the article…", gone: "This article is no longer in the collection. It said:",
    changed: "The article has changed since this answer; the quoted words were found again.",
    moved: "The article has changed since this answer, and these words are no longer in it:",
    // Library
    search: "Search titles, outlets and authors", date: "Date", headline: "Title", words: "Words", cited: "Cited", citedHelp: "how often this browser’s answers cite it",
    found: (n, all) => (n === all ? some(all, "article") : `${number(n)} of ${some(all, "article")}`),
    none: "No article fits.", everyOutlet: "All outlets", everyKind: "All kinds", others: (n) => some(n, "other outlet"),
    months: "Articles by month", monthsOf: (outlet, n, first, last) => `${outlet}: ${some(n, "article")} from ${first} to ${last}`, noMonth: (n) => `${some(n, "article")} without a month`,
    problems: (n) => `${some(n, "file")} could not be read`, lastSync: (when) => `Last read from the corpus folder: ${when}`,
    libraryFailed: "The list of articles cannot be read just now.", sortBy: (what) => `Sort by ${what}`,
    // An answer's own address
    answerGone: "This answer is no longer kept here. Ask the question again.",
    // Keys
    keyList: [
      ["/", "write a question"], ["Enter", "ask"], ["j  k", "next and previous citation"], ["o", "open the citation in its article"],
      ["←  →", "step through citations in the article"], ["Esc", "close"], ["?", "this list"],
    ],
  },
  ko: {
    ask: "질문", library: "자료", question: "질문", placeholder: "글에서 찾을 내용을 물어보세요…", send: "질문", stop: "중지",
    skip: "질문 입력란으로 이동", sections: "구역", language: "언어",
    theme: { system: "화면: 시스템 설정", light: "화면: 밝게", dark: "화면: 어둡게" },
    keys: "단축키", close: "닫기",
    start: "수록된 글에 대해 질문하세요. 답변의 모든 문장은 근거가 된 원문 문장으로 이어집니다.",
    outlets: (n) => `매체 ${number(n)}곳`, articles: (n) => `기사 ${number(n)}건`,
    tryThese: "이 글들이 답할 수 있는 질문",
    addMore: "글을 더하려면 corpus/articles/ 폴더에 .md, .txt, .html, .pdf, .docx 파일을 넣으세요. 자동으로 반영됩니다.",
    noArticles: "아직 수록된 글이 없습니다.",
    noArticlesHelp: "corpus/articles/ 폴더에 .md, .txt, .html, .pdf, .docx 파일을 넣으면 곧 질문할 수 있습니다.",
    asking: "질문하는 중", searching: (n) => `기사 ${number(n)}건에서 찾는 중`, reading: (n) => `대목 ${number(n)}개를 읽는 중`,
    modelReading: (n) => `모델이 대목 ${number(n)}개를 읽는 중`, writing: "쓰는 중", writingMarked: (n) => `쓰는 중 · 지금까지 근거 없는 문장 ${number(n)}개`,
    engine: "답변 방식", engines: { extractive: "원문 인용", generative: "모델 작성" },
    engineHelp: {
      extractive: () => "원문 인용: 기사 문장을 그대로 인용", generative: (model) => `모델 작성: ${model} 모델이 쓰고 문장마다 인용한 대목과 대조`,
    },
    sends: (model, host) => `모델이 작성하는 답변에서는 질문과 이전 대화, 기사 대목이 ${host}의 ${model} 모델로 전송됩니다.`, understood: "확인",
    instead: { extractive: "원문 인용으로", generative: "모델 작성으로" },
    status: {
      answered: "답변함", partial: "일부만 답변함", not_in_corpus: "기사에 없음", conversation: "안내", error: "답변하지 못함",
    },
    extractive: "언어 모델 없이 원문 문장으로 답변", noModel: "언어 모델 없음", written: (model) => `${model} 작성`,
    quotedInstead: "대신 원문 문장으로 답변", read: (model) => `${model} 모델이 읽음`, tokens: (n) => `토큰 ${number(n)}개`, about: (cost) => `약 ${cost}`,
    spent: "토큰은 모델 서버가 센 값이며 없으면 추정치, 비용은 설정된 가격에 따른 추정치입니다.",
    marked: (n, all) => `문장 ${number(all)}개 중 ${number(n)}개 근거 없음`,
    mended: (n) => `검사 후 문장 ${number(n)}개를 다시 썼습니다(점선).`, dropped: (n) => `검사 후 문장 ${number(n)}개를 뺐습니다.`,
    names: "인식한 이름", unsupported: "근거 없음", unsupportedLong: "인용한 대목이 이 문장을 뒷받침하지 않습니다.",
    citation: (n, source) => `인용 ${n}: ${source}`,
    sources: (n) => `출처 ${number(n)}개`, evidence: "근거",
    nearest: "가장 가까운 기사 내용", nearestNote: "가장 가까운 대목이며, 질문에 대한 답이 아닐 수 있습니다.",
    matchedVia: "연결된 이름", undated: "날짜 없음", untitled: "제목 없음",
    instruction: "기계에 대한 지시처럼 읽히는 문장으로, 기사 내용으로만 표시합니다.",
    openArticle: "기사 열기", original: "원문", newTab: "새 탭에서 열림",
    stopped: "답변이 끝나기 전에 중지했습니다.", interrupted: "답변이 끝나기 전에 페이지가 닫혔습니다.",
    lost: "답변이 끝나기 전에 연결이 끊겼습니다. 다시 질문해 주세요.",
    offline: "서버에 연결할 수 없습니다. 질문은 남아 있으니 서버가 돌아오면 다시 질문해 주세요.",
    unreachable: "서버에 연결할 수 없어 다시 시도하는 중입니다.",
    failed: "오류가 발생하여 답변하지 못했습니다. 다시 질문해 주세요.",
    busy: "답변을 만드는 중입니다. 다른 질문을 하려면 먼저 중지해 주세요.",
    copy: "복사", copied: "인용과 함께 복사했습니다.", notCopied: "브라우저가 복사를 허용하지 않았습니다.",
    link: "링크", linkCopied: "이 답변의 링크를 복사했습니다.", export: "내보내기",
    formats: { markdown: "Markdown", html: "HTML", json: "JSON" }, print: "인쇄",
    exportFailed: "내보내지 못했습니다. 다시 시도해 주세요.",
    retry: "다시 질문", edit: "고치기", helpful: "도움이 됨", notHelpful: "도움이 되지 않음",
    reason: "무엇이 잘못되었나요? (선택)", sendReason: "보내기", thanks: "의견을 남겼습니다. 고맙습니다.", feedbackFailed: "의견을 저장하지 못했습니다.",
    followUps: "이어서 묻기",
    filters: "필터", outlet: "매체", kind: "종류", from: "시작", to: "끝", remove: (what) => `${what} 제거`,
    dateHint: "2025, 2025-09 또는 2025-09-30", badDate: "날짜는 2025, 2025-09 또는 2025-09-30처럼 적어 주세요.", since: (d) => `${d}부터`, until: (d) => `${d}까지`,
    filteredBy: "범위",
    history: "기록", newQuestion: "새 질문", today: "오늘", earlier: "이전", noHistory: "질문 기록이 여기에 표시됩니다. 이 브라우저에만 저장됩니다.",
    rename: "이름 바꾸기", delete: "삭제", deleteAll: "모두 삭제", deleteAllSure: (n) => `대화 ${number(n)}개를 삭제할까요?`, keep: "유지",
    deleted: "삭제했습니다.", deletedElsewhere: "다른 탭에서 이 대화를 삭제했습니다.", undo: "되돌리기", title: "제목", conversation: "대화",
    storeFull: "브라우저 저장 공간이 가득 찼습니다. 새 대화를 저장하려면 이전 대화를 삭제해 주세요.",
    reader: "기사", previous: "이전 인용", next: "다음 인용", place: (n, all) => `${all}개 중 ${n}번째`,
    loading: "기사를 여는 중…", gone: "이 기사는 더 이상 자료에 없습니다. 인용한 문장:",
    changed: "답변 이후 기사가 바뀌었으며, 인용한 문장을 다시 찾았습니다.",
    moved: "답변 이후 기사가 바뀌어 이 문장이 더 이상 기사에 없습니다:",
    search: "제목, 매체, 필자 검색", date: "날짜", headline: "제목", words: "단어", cited: "인용", citedHelp: "이 브라우저의 답변이 인용한 횟수",
    found: (n, all) => (n === all ? `기사 ${number(all)}건` : `기사 ${number(all)}건 중 ${number(n)}건`),
    none: "맞는 기사가 없습니다.", everyOutlet: "모든 매체", everyKind: "모든 종류", others: (n) => `그 밖의 매체 ${number(n)}곳`,
    months: "월별 기사 수", monthsOf: (outlet, n, first, last) => `${outlet}: ${first}부터 ${last}까지 기사 ${number(n)}건`, noMonth: (n) => `월을 알 수 없는 기사 ${number(n)}건`,
    problems: (n) => `읽지 못한 파일 ${number(n)}개`, lastSync: (when) => `corpus 폴더를 마지막으로 읽은 때: ${when}`,
    libraryFailed: "지금은 기사 목록을 읽을 수 없습니다.", sortBy: (what) => `${what} 순으로 정렬`,
    answerGone: "이 답변은 더 이상 보관되어 있지 않습니다. 다시 질문해 주세요.",
    keyList: [
      ["/", "질문 쓰기"], ["Enter", "질문하기"], ["j  k", "다음 인용, 이전 인용"], ["o", "인용을 기사에서 열기"],
      ["←  →", "기사 안에서 인용 넘기기"], ["Esc", "닫기"], ["?", "이 목록"],
    ],
  },
};

const KOREAN_KINDS = {
  analysis: "분석", news: "뉴스", opinion: "칼럼", interview: "인터뷰", "fact sheet": "설명 자료", "joint statement": "공동 성명",
  readout: "결과 발표", remarks: "발언", statement: "성명", "press briefing": "브리핑", "press conference": "기자회견",
  proclamation: "포고문", "executive order": "행정명령", memorandum: "각서", notice: "공고", letter: "서한",
  "presidential action": "대통령 조치",
};

export const LANGUAGES = [["en", "EN", "English"], ["ko", "한국어", "한국어"]];
const KEY = "hanmi.language";
let current = "en";

/** The interface's language: "en" or "ko". */
export function language() {
  return current;
}

/** Sets the interface's language and remembers it. */
export function setLanguage(code) {
  current = code === "ko" ? "ko" : "en";
  document.documentElement.lang = current;
  try {
    localStorage.setItem(KEY, current);
  } catch {
    // A browser that keeps nothing still shows the page.
  }
}

/** The language chosen before, or the browser's. */
export function startLanguage() {
  let chosen = null;
  try {
    chosen = localStorage.getItem(KEY);
  } catch {
    // as above
  }
  setLanguage(chosen ?? (navigator.language.startsWith("ko") ? "ko" : "en"));
}

/** The words for a key; called with values where the words need them. */
export function t(key, ...values) {
  const words = WORDS[current][key];
  return typeof words === "function" ? words(...values) : words;
}

/** A kind of article as the interface calls it; one that we do not know stays as the article has it. */
export function kindName(kind) {
  return (current === "ko" && Object.hasOwn(KOREAN_KINDS, kind) && KOREAN_KINDS[kind]) || kind;
}

/** A number with its thousands parted. */
export function number(value) {
  return Number(value).toLocaleString("en-US");
}

/** A partial ISO date in words: "2025-09" becomes "September 2025" or "2025년 9월"; "" without one. */
export function displayDate(published, short = false) {
  const match = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?/.exec(published ?? "");
  if (!match) return "";
  const [year, month, day] = match.slice(1).map((part) => part && Number(part));
  if (current === "ko") return [`${year}년`, month && `${month}월`, day && `${day}일`].filter(Boolean).join(" ");
  const name = month && (short ? MONTHS[month - 1].slice(0, 3) : MONTHS[month - 1]);
  return [day, name, year].filter(Boolean).join(" ");
}

/** First and last date as one: "2024 – September 2025", a single one once. */
export function displayRange(oldest, newest, short = false) {
  const ends = [displayDate(oldest, short), displayDate(newest, short)].filter(Boolean);
  return [...new Set(ends)].join(" – ");
}
