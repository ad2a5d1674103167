"""The model that judges: any OpenAI-compatible one, asked through LangChain."""

from __future__ import annotations

from threading import Lock
from typing import Final, Protocol

import openai
from pydantic import SecretStr

from app.errors import AppError, BadInput
from app.settings import AppSettings
from ingest.embedding import OPENAI_URL
from ingest.remote import Remote, SettingNames

TIMEOUT_S: Final = 120.0
RETRIES: Final = 2


class JudgeFailed(AppError):
    """The model gave no verdict; the text says why."""


class Judge(Protocol):
    """Whoever gives verdicts."""

    @property
    def name(self) -> str:
        """As the verdicts are signed."""
        ...

    @property
    def tokens(self) -> tuple[int, int]:
        """Read and written so far."""
        ...

    def ask(self, task: str, material: str) -> str:
        """The reply. Raises JudgeFailed."""
        ...


class ModelJudge:
    """A model at an endpoint; threads may share it."""

    def __init__(self, remote: Remote) -> None:
        """Nothing is sent yet. Raises JudgeFailed for an address or a key that is none."""
        from langchain_openai import ChatOpenAI  # two seconds

        self._remote = remote
        self._where = remote.where
        self._used = [0, 0]
        self._lock = Lock()
        self._model = ChatOpenAI(
            model=remote.model,
            client=remote.client().chat.completions,
            api_key=SecretStr(remote.key),
            base_url=remote.base_url,
            openai_proxy="",
            temperature=0,
            use_responses_api=False,
        )

    @property
    def name(self) -> str:
        """The model's name as the endpoint knows it."""
        return self._remote.model

    @property
    def tokens(self) -> tuple[int, int]:
        """Read and written so far, as the endpoint counts them; zeros where it does not."""
        return self._used[0], self._used[1]

    def ask(self, task: str, material: str) -> str:
        """The reply to the task as system message and the material as the user's. Raises JudgeFailed."""
        try:
            reply = self._model.invoke([("system", task), ("user", material)])
        except openai.OpenAIError as error:
            raise self._remote.failure(error) from error
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise JudgeFailed(f"{self._where} answered with something that is no completion") from error
        used = reply.usage_metadata
        if used is not None:
            with self._lock:
                self._used[0] += used["input_tokens"]
                self._used[1] += used["output_tokens"]
        return str(reply.text)


def open_judge(
    settings: AppSettings, model: str, *, timeout_s: float = TIMEOUT_S, retries: int = RETRIES
) -> ModelJudge:
    """The judge that ``model`` names, or where it is empty HANMI_JUDGE_MODEL. Raises BadInput, JudgeFailed."""
    name = model or settings.judge_model
    if not name:
        raise BadInput("--judge needs a model: name it (--judge MODEL), or set HANMI_JUDGE_MODEL")
    if not settings.judge_api_key and not settings.judge_base_url:
        raise BadInput(
            f"the judge {name} needs a key: set HANMI_JUDGE_API_KEY, or HANMI_JUDGE_BASE_URL for an endpoint that "
            "asks for none"
        )
    remote = Remote(
        "the judge's endpoint",
        settings=SettingNames.of("HANMI_JUDGE"),
        model=name,
        api_key=settings.judge_api_key.value or None,
        base_url=settings.judge_base_url or OPENAI_URL,
        timeout_s=timeout_s,
        retries=retries,
        failed=JudgeFailed,
    )
    return ModelJudge(remote)
