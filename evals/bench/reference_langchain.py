"""The usual way to ingest, timed: LangChain's splitter, sentence-transformers on PyTorch, Chroma through LangChain.

Run by another interpreter than Hanmi's, one that has those packages:

    python reference_langchain.py ARTICLES.jsonl MODEL_FOLDER INDEX_FOLDER

ARTICLES.jsonl has {"body"} a line. Prints {"chunks", "load_seconds", "ingest_seconds"} as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path


def main(articles: Path, model_folder: str, index_folder: str) -> None:
    """Read, split, embed and store all articles in a new Chroma folder."""
    from langchain_community.embeddings import HuggingFaceEmbeddings  # type: ignore[import-not-found]
    from langchain_community.vectorstores import Chroma  # type: ignore[import-not-found]
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    started = time.perf_counter()
    embeddings = HuggingFaceEmbeddings(model_name=model_folder, model_kwargs={"device": "cpu"})
    embeddings.embed_query("the first call loads what is loaded late")
    loaded = time.perf_counter()
    with articles.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["body"] for line in lines]
    splitter = RecursiveCharacterTextSplitter(chunk_size=1_000, chunk_overlap=200, add_start_index=True)
    documents = splitter.create_documents(texts, [{"article": number} for number in range(len(texts))])
    Chroma.from_documents(documents, embeddings, persist_directory=index_folder)
    seconds = {"load_seconds": loaded - started, "ingest_seconds": time.perf_counter() - loaded}
    sys.stdout.write(json.dumps({"chunks": len(documents), **seconds}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
