"""The model that judges: any OpenAI-compatible one."""

from __future__ import annotations

from threading import Lock
from typing import Final, Protocol

from app.answers.chat_model import ChatModel
from app.errors import AppError, BadInput, ModelFailed
from app.settings import AppSettings
from ingest.embedding import OPENAI_URL

TIMEOUT_S: Final = 120.0  # all tries together
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

    def __init__(self, model: ChatModel) -> None:
        self.name = model.name  # as the endpoint knows it
        self._model = model
        self._used = [0, 0]
        self._lock = Lock()

    @property
    def tokens(self) -> tuple[int, int]:
        """Read and written so far, as the endpoint counts them; about so many where it does not."""
        return self._used[0], self._used[1]

    def ask(self, task: str, material: str) -> str:
        """The reply to the task as system message and the material as the user's. Raises JudgeFailed."""
        try:
            reply = self._model.ask([{"role": "system", "content": task}, {"role": "user", "content": material}])
        except ModelFailed as error:
            raise JudgeFailed(str(error)) from error
        with self._lock:
            self._used[0] += reply.usage.input_tokens
            self._used[1] += reply.usage.output_tokens
        return reply.text


def open_judge(
    settings: AppSettings, model: str, *, timeout_s: float = TIMEOUT_S, retries: int = RETRIES
) -> ModelJudge:
    """The judge that ``model`` names, or where it is empty HANMI_JUDGE_MODEL. Raises BadInput, JudgeFailed."""
    from app.answers.model_requests import Limits
    from ingest.remote import Remote, SettingNames  # OpenAI: a third of a second

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
    return ModelJudge(ChatModel(remote, Limits(whole_s=timeout_s, retries=retries)))
