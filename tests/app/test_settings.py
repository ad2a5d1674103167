"""Settings: their order, their errors, and the table in docs/settings.md."""

import re
from dataclasses import fields, replace
from pathlib import Path

import pytest

from app.errors import SettingsError
from app.settings import NO_SECRET, AppSettings, Secret, about, checkout, load_settings, variable

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "hanmi.toml"
    file.write_text('port = 7001\nhost = "10.0.0.1"\ncorpus = "articles"\n', "utf-8")
    return file


def test_flag_beats_environment_beats_file_beats_default(config: Path) -> None:
    environ = {"HANMI_PORT": "7002", "HANMI_HOST": "10.0.0.2"}
    settings = load_settings({"port": 7003}, environ, config)
    assert (settings.port, settings.host, settings.log) == (7003, "10.0.0.2", "warning")
    assert load_settings({}, environ, config).port == 7002
    assert load_settings({}, {}, config).port == 7001
    assert load_settings({}, {}, config).log == "warning"


def test_a_flag_not_given_and_an_empty_variable_change_nothing(config: Path) -> None:
    assert load_settings({"port": None}, {"HANMI_PORT": " "}, config).port == 7001


def test_default_paths_start_from_the_checkout_and_those_in_the_file_from_its_folder(config: Path) -> None:
    settings = load_settings({}, {}, config)
    assert settings.home == checkout() / ".hanmi" == ROOT / ".hanmi"
    assert settings.corpus == config.parent / "articles"
    assert settings.index_folder == ROOT / ".hanmi" / "index"


def test_a_path_in_a_variable_starts_from_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings({}, {"HANMI_HOME": "state", "HANMI_INDEX": "~/index"})
    assert settings.home == tmp_path / "state"
    assert settings.index_folder == Path.home() / "index"


def test_a_settings_file_in_the_current_folder_is_found(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(config.parent)
    assert load_settings({}, {}).port == 7001


def test_the_variable_hanmi_config_names_the_file(config: Path) -> None:
    assert load_settings({}, {"HANMI_CONFIG": str(config)}).port == 7001


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("prot = 1", "no setting 'prot'; did you mean 'port'"),
        ("xyzzy = 1", "docs/settings.md lists them"),
        ('port = "many"', "port in .*whole number"),
        ("port = true", "whole number"),
        ("port = 70000", "between 0 and 65535"),
        ("threads = -1", "negative"),
        ("host = 1", "quotation marks"),
        ('log = "loud"', "debug, info, warning, error"),
        ('log_questions = "perhaps"', "true or false"),
        ('chroma_url = "localhost:8000"', "HANMI_CHROMA_URL.*http://"),
        ("allowed_hosts = 3", "list of names"),
        ("port =", "cannot be read"),
    ],
)
def test_a_wrong_line_is_an_error_that_says_which(line: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "hanmi.toml"
    file.write_text(line, "utf-8")
    with pytest.raises(SettingsError, match=says):
        load_settings({}, {}, file)


def test_a_misspelt_variable_is_refused_and_a_stranger_is_not() -> None:
    with pytest.raises(SettingsError, match="HANMI_CORPSU; did you mean HANMI_CORPUS"):
        load_settings({}, {"HANMI_CORPSU": "x"})
    load_settings({}, {"HANMI_BENCH_DIR": "x", "OPENAI_API_KEY": "sk-1"})


def test_a_key_lying_in_the_shell_changes_nothing() -> None:
    stray = {"OPENAI_API_KEY": "sk-1", "OPENAI_BASE_URL": "http://x", "OPENAI_MODEL": "y"}
    read = load_settings({}, stray)
    assert not read.model
    assert replace(read, openai_api_key=NO_SECRET, openai_base_url="") == load_settings({}, {})


def test_a_named_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no settings file"):
        load_settings({}, {}, tmp_path / "none.toml")


def test_secrets_are_never_printed() -> None:
    settings = load_settings({}, {"HANMI_CHROMA_TOKEN": "s3cret", "HANMI_EMBEDDING_API_KEY": "s3cret"})
    assert settings.chroma_token.value == "s3cret"
    assert "s3cret" not in f"{settings} {settings!r} {settings.chroma_token} {settings.chroma_token!r}"
    assert not Secret()


def test_a_list_of_hosts_is_read_from_text_and_from_a_list(tmp_path: Path) -> None:
    file = tmp_path / "hanmi.toml"
    file.write_text('allowed_hosts = ["a.example"]', "utf-8")
    assert load_settings({}, {}, file).allowed_hosts == ("a.example",)
    assert load_settings({}, {"HANMI_ALLOWED_HOSTS": "a.example, b.example"}).allowed_hosts == (
        "a.example",
        "b.example",
    )


def test_every_setting_is_in_the_documented_table_with_its_default_and_no_other() -> None:
    table = re.findall(
        r"^\| `([A-Z_]+)` \| `(\w+)` \| (.*?) \| (.*) \|$", (ROOT / "docs/settings.md").read_text("utf-8"), re.M
    )
    written = {name: (key, default, about) for name, key, default, about in table if name != "HANMI_CONFIG"}
    expected = {}
    for each in fields(AppSettings):
        default = getattr(AppSettings(), each.name)
        shown = (
            ""
            if default in (None, (), "", Secret(), {})
            else f"`{str(default).lower() if isinstance(default, bool) else default}`"
        )
        expected[variable(each.name)] = (each.name, shown, about(each.name))
    assert written == expected


def test_the_example_environment_names_only_settings() -> None:
    example = (ROOT / ".env.example").read_text("utf-8")
    named = re.findall(r"^# ?([A-Z_]+)=", example, re.M)
    assert named
    assert set(named) <= {variable(each.name) for each in fields(AppSettings)}
