"""Every setting of Hanmi, read once at the edge: flag > environment > hanmi.toml > default."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_type_hints
from urllib.parse import urlsplit

from app.errors import SettingsError

ENV_PREFIX = "HANMI_"
CONFIG_NAME = "hanmi.toml"
CONFIG_VARIABLE = "HANMI_CONFIG"
MAX_ANSWER_DAYS = 36_500  # a hundred years

LogLevel = Literal["debug", "info", "warning", "error"]
Precision = Literal["int8", "fp32"]
EngineChoice = Literal["auto", "extractive", "generative"]


@dataclass(frozen=True)
class Secret:
    """A key or token that neither str() nor repr() nor an f-string shows; false when empty."""

    value: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        return bool(self.value)


NO_SECRET = Secret()


@dataclass(frozen=True)
class AppSettings:
    """All settings; each is the variable HANMI_<NAME> (``variable``), and <name> in hanmi.toml.

    Paths are absolute. What a writer and a reader of an index must agree on is kept in the index itself.
    """

    home: Annotated[Path, "Folder for all state: index, model graph, databases."] = Path(".hanmi")
    corpus: Annotated[Path, "Folder of the articles and name tables."] = Path("corpus")
    index: Annotated[Path | None, "Folder of the index; empty: `index` inside HANMI_HOME."] = None
    chroma_url: Annotated[str, "Address of a Chroma server that holds the index instead of a folder."] = ""
    chroma_token: Annotated[Secret, "Token for the Chroma server."] = NO_SECRET
    chroma_tenant: Annotated[str, "Tenant on the Chroma server."] = "default_tenant"
    chroma_database: Annotated[str, "Database on the Chroma server."] = "default_database"
    embedding_model: Annotated[
        str,
        "Model of an OpenAI-compatible endpoint to embed with; empty: the embedded model; `none`: word matches alone.",
    ] = ""
    embedding_api_key: Annotated[Secret, "Key for that endpoint."] = NO_SECRET
    embedding_base_url: Annotated[str, "Address of that endpoint, up to and with /v1; empty: OpenAI's own."] = ""
    embedding_precision: Annotated[Precision, "Arithmetic of the embedded model: `int8` (twice as fast) or `fp32`."] = (
        "int8"
    )
    calibration: Annotated[
        Path | None, "Calibration of your own, as `hanmi eval calibrate` writes it; empty: the one shipped."
    ] = None
    judge_model: Annotated[str, "Model of an OpenAI-compatible endpoint that `hanmi eval --judge` asks."] = ""
    judge_api_key: Annotated[Secret, "Key for the judge's endpoint."] = NO_SECRET
    judge_base_url: Annotated[str, "Address of that endpoint, up to and with /v1; empty: OpenAI's own."] = ""
    model: Annotated[
        str, "Model of an OpenAI-compatible endpoint that writes answers; empty: answers are quoted, not written."
    ] = ""
    openai_api_key: Annotated[Secret, "Key for that endpoint; not needed by most servers of one's own."] = NO_SECRET
    openai_base_url: Annotated[str, "Address of that endpoint, up to and with /v1; empty: OpenAI's own."] = ""
    engine: Annotated[
        EngineChoice,
        "Who answers: `generative` (the model), `extractive` (quotations), `auto` (the model if one is set).",
    ] = "auto"
    model_input_tokens: Annotated[int, "Tokens of passages that a question may send to the model, about."] = 6_000
    model_price: Annotated[
        tuple[str, ...],
        "US dollars for a million tokens read and a million written, such as 0.25,2; empty: no estimate.",
    ] = ()
    daily_tokens: Annotated[int, "Tokens the model may use in a day (UTC); then answers are quoted. 0: no limit."] = 0
    threads: Annotated[int, "Threads the embedded model may use; 0: one per core."] = 0
    host: Annotated[str, "Address `hanmi serve` listens on."] = "127.0.0.1"
    port: Annotated[int, "Port `hanmi serve` listens on."] = 7860
    allowed_hosts: Annotated[
        tuple[str, ...], "Further host names the page may be reached by, comma-separated; others are refused."
    ] = ()
    public_url: Annotated[
        str, "Address the page is reached by from elsewhere, such as https://hanmi.example; its host is known then."
    ] = ""
    insecure: Annotated[
        bool, "Whether `hanmi serve` may listen beyond this machine, though it has no log-in and no encryption."
    ] = False
    answer_days: Annotated[int, "Days every answer is kept at /a/ID on the server; 0: not kept."] = 30
    cache_days: Annotated[
        int,
        "Days a written answer is given again to the same question over the same articles; 0: never. At most "
        "HANMI_ANSWER_DAYS.",
    ] = 7
    watch: Annotated[int, "Seconds between looks for changes in the corpus while serving; 0: none."] = 5
    slack_bot_token: Annotated[Secret, "Bot token of the Slack app, xoxb-…"] = NO_SECRET
    slack_app_token: Annotated[Secret, "App-level token, xapp-…, for Socket Mode (no public address needed)."] = (
        NO_SECRET
    )
    slack_signing_secret: Annotated[Secret, "Signing secret, for events over HTTP at /slack/events."] = NO_SECRET
    slack_config_token: Annotated[
        Secret, "App configuration token, xoxe.xoxp-…, with which `hanmi slack --check` reads the app's subscriptions."
    ] = NO_SECRET
    slack_api_url: Annotated[str, "Address of Slack's Web API; GovSlack has another."] = "https://slack.com/api/"
    slack_days: Annotated[int, "Days that Slack's threads, questions and answers are kept; 0: in memory only."] = 30
    slack_admins: Annotated[
        tuple[str, ...], "User ids, besides admins and owners of the workspace, that may change settings in Slack."
    ] = ()
    slack_channels: Annotated[
        Mapping[str, Any], "Settings of Slack's channels, a table of `hanmi.toml` (docs/slack.md)."
    ] = field(default_factory=dict)
    log: Annotated[LogLevel, "Least level logged on standard error: `debug`, `info`, `warning` or `error`."] = "warning"
    log_questions: Annotated[bool, "Whether the log may hold the text of questions."] = False
    debug: Annotated[bool, "Whether an error shows where in the code it arose."] = False

    @property
    def index_folder(self) -> Path:
        """Where the index lies when no Chroma server holds it."""
        return self.index or self.home / "index"

    @property
    def database(self) -> Path:
        """Where answers and feedback are kept."""
        return self.home / "hanmi.db"

    @property
    def model_folder(self) -> Path:
        """Where the embedded model's graph is kept."""
        return self.home / "model"


def about(name: str) -> str:
    """One sentence on a setting, as docs/settings.md has it."""
    return str(get_type_hints(AppSettings, include_extras=True)[name].__metadata__[0])


def variable(name: str) -> str:
    """The environment variable of a setting: ``chroma_url`` → ``HANMI_CHROMA_URL``; OpenAI's own names stay."""
    return name.upper() if name.startswith("openai_") else ENV_PREFIX + name.upper()


def checkout() -> Path:
    """The folder default paths start from: the checkout this package lies in, else the current folder."""
    beside = Path(__file__).resolve().parents[1]
    return beside if (beside / "corpus").is_dir() else Path.cwd()


def load_settings(
    flags: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    config: Path | None = None,
) -> AppSettings:
    """The settings in force, from flags (None = not given), the environment and hanmi.toml.

    The file is ``config``, else what HANMI_CONFIG names, else hanmi.toml in the current folder or in the checkout.
    Relative paths in it start from its folder, those in flags and variables from the current folder, defaults from the
    checkout. An empty variable counts as not set. Raises SettingsError, which says where the value was set.
    """
    environ = os.environ if environ is None else environ
    named = config or (Path(environ[CONFIG_VARIABLE]) if environ.get(CONFIG_VARIABLE) else None)
    file = _config_file(named)
    known = [each.name for each in fields(AppSettings)]
    _refuse_unknown_variables(environ, known)
    values: dict[str, Any] = {}
    for name, value in (_read_config(file, known) if file else {}).items():
        values[name] = _value(name, value, f"{name} in {file}", file.parent if file else Path.cwd())
    for name in known:
        if text := environ.get(variable(name), "").strip():
            values[name] = _value(name, text, variable(name), Path.cwd())
    for name, value in (flags or {}).items():
        if value is not None:
            values[name] = _value(name, value, f"--{name.replace('_', '-')}", Path.cwd())
    settings = replace(_defaults(), **values)
    _check(settings)
    return settings


def _defaults() -> AppSettings:
    root = checkout()
    plain = AppSettings()
    return replace(plain, home=root / plain.home, corpus=root / plain.corpus)


def _config_file(named: Path | None) -> Path | None:
    if named is not None:
        if not named.is_file():
            raise SettingsError(f"there is no settings file {named}")
        return named.resolve()
    for folder in (Path.cwd(), checkout()):
        if (folder / CONFIG_NAME).is_file():
            return (folder / CONFIG_NAME).resolve()
    return None


def _read_config(file: Path, known: Sequence[str]) -> dict[str, Any]:
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{file} cannot be read: {error}") from error
    for name in table:
        if name not in known:
            raise SettingsError(f"{file}: there is no setting {name!r}{_closest(name, known)}")
    return table


def _refuse_unknown_variables(environ: Mapping[str, str], known: Sequence[str]) -> None:
    """A misspelt variable would be ignored in silence; one that resembles a setting is refused."""
    names = [variable(name) for name in known]
    for name in environ:
        if name.startswith(ENV_PREFIX) and name not in names and name != CONFIG_VARIABLE:
            close = difflib.get_close_matches(name, names, n=1, cutoff=0.85)
            if close:
                raise SettingsError(f"there is no variable {name}; did you mean {close[0]}?")


def _closest(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else "; docs/settings.md lists them all"


def _value(name: str, value: object, where: str, base: Path) -> object:
    """The value in the type of its field. Raises SettingsError that says where it was set."""
    kind = get_type_hints(AppSettings)[name]
    if kind in (Path, Path | None):
        return _path(value, where, base)
    if kind is Secret:
        return Secret(_text(value, where))
    if kind is bool:
        return _flag(value, where)
    if kind is int:
        return _whole(value, where)
    if kind is str:
        return _text(value, where)
    if kind == tuple[str, ...]:
        return _names(value, where)
    if kind == Mapping[str, Any]:
        if not isinstance(value, dict):
            raise SettingsError(f"{where} must be a table of hanmi.toml: [{name}.…]")
        return value
    choices: tuple[str, ...] = get_args(kind)
    text = _text(value, where).lower()
    if text not in choices:
        raise SettingsError(f"{where} must be one of {', '.join(choices)}, not {value!r}")
    return text


def _path(value: object, where: str, base: Path) -> Path:
    text = str(value) if isinstance(value, Path) else _text(value, where)
    return (base / Path(text).expanduser()).absolute()


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise SettingsError(f"{where} must be a text in quotation marks")
    return value.strip()


def _flag(value: object, where: str) -> bool:
    if isinstance(value, bool):
        return value
    meaning = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if str(value).strip().lower() not in meaning:
        raise SettingsError(f"{where} must be true or false, not {value!r}")
    return meaning[str(value).strip().lower()]


def _whole(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise SettingsError(f"{where} must be a whole number")
    try:
        return int(value)
    except ValueError:
        raise SettingsError(f"{where} must be a whole number, not {value!r}") from None


def _names(value: object, where: str) -> tuple[str, ...]:
    listed = value.split(",") if isinstance(value, str) else value
    if not isinstance(listed, list | tuple) or not all(isinstance(each, str) for each in listed):
        raise SettingsError(f"{where} must be a list of names")
    return tuple(name.strip() for name in listed if name.strip())


def _check(settings: AppSettings) -> None:
    if not 0 <= settings.port <= 65535:
        raise SettingsError(f"port must be between 0 and 65535, not {settings.port}")
    for name in ("threads", "answer_days", "cache_days", "watch", "slack_days", "daily_tokens"):
        if getattr(settings, name) < 0:
            raise SettingsError(f"{name} must not be negative, as {getattr(settings, name)} is")
    for name in ("answer_days", "cache_days", "slack_days"):
        if getattr(settings, name) > MAX_ANSWER_DAYS:
            raise SettingsError(f"{name} must be at most {MAX_ANSWER_DAYS:,}, not {getattr(settings, name):,}")
    for name in (
        "chroma_url",
        "embedding_base_url",
        "judge_base_url",
        "openai_base_url",
        "public_url",
        "slack_api_url",
    ):
        address = getattr(settings, name)
        if name == "openai_base_url" and not settings.model:
            continue  # lies in many a shell, and is not used without a model
        if address and (urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).netloc):
            raise SettingsError(f"{variable(name)} must be an address that starts with http:// or https://")
