"""Everything that can go wrong on the way from a folder of articles to an index.

    IngestError
    ├── UnreadableArticle     one file cannot become an article; the others go in
    ├── ModelUnavailable      the embedded model is not installed, or its weights are not the published ones
    ├── EmbeddingFailed       an embedding endpoint did not give usable vectors
    ├── IndexMismatch         the index was made with other settings than those asked for
    ├── IndexBusy             another process is writing to the index
    └── IndexUnavailable      there is no index, or the Chroma server does not answer

``str(error)`` may be shown to a user: it says what happened and what to do next.
"""


class IngestError(Exception):
    """Root of the package's errors; its text is written for the user."""


class UnreadableArticle(IngestError):
    """One source file cannot become an article."""


class ModelUnavailable(IngestError):
    """The embedded model cannot be used."""


class EmbeddingFailed(IngestError):
    """An embedding endpoint failed or returned vectors that do not fit."""


class IndexMismatch(IngestError):
    """The index was made with other settings than those asked for; both are named."""


class IndexBusy(IngestError):
    """Another process holds the index for writing; it is named."""


class IndexUnavailable(IngestError):
    """There is no index to read, or it cannot be reached."""
