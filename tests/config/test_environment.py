"""Settings: read from variables and one file, and refused with the name and the fix."""

from pathlib import Path

import pytest

from aidline.config.environment import READERS, SettingError, load

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"

REFUSED = {
    "AIDLINE_DATABASE_URL": ["mysql://u@h/d", "postgres://host", "postgres://u@h:port/d", "sqlite:///"],
    "AIDLINE_PUBLIC_URL": ["help.example.org", "https://help.example.org/desk", "ftp://help.example.org"],
    "AIDLINE_BIND": ["8000", "127.0.0.1:", "127.0.0.1:99999", ":8000"],
    "AIDLINE_HOSTS": ["*"],
    "AIDLINE_LANGUAGE": ["tlh"],
    "AIDLINE_WORKERS": ["0", "many", "65"],
    "AIDLINE_PRACTICE": ["perhaps"],
    "AIDLINE_MEDIA": ["ftp://bucket", "s3://"],
    "AIDLINE_ROOT_KEY_FILE": ["/nowhere/root.key"],
    "AIDLINE_PROCESS": ["shell"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in REFUSED for value in REFUSED[name]])
def test_a_value_that_cannot_work_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingError) as refusal:
        load({name: value})
    assert str(refusal.value).startswith(name + " ")
    assert str(refusal.value).endswith(".")


def test_a_mistyped_name_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(
        SettingError, match=r"AIDLINE_DATABSE_URL is not a setting. Did you mean database_url\?"
    ):
        load({"AIDLINE_DATABSE_URL": "postgres://u@h/d"})


def test_the_file_is_read_and_variables_win_over_it(tmp_path: Path) -> None:
    file = tmp_path / "aidline.toml"
    file.write_text(
        'data = "/srv/aid"\nlanguage = "fr"\nhosts = ["a.example", "b.example"]\npractice = true\n'
    )
    environment = load({"AIDLINE_CONFIG": str(file), "AIDLINE_LANGUAGE": "ar"})
    assert (environment.data, environment.language, environment.practice) == (Path("/srv/aid"), "ar", True)
    assert environment.hosts[:2] == ("a.example", "b.example")


@pytest.mark.parametrize("content", ["colour = 1", "data = ", "\xff"])
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "aidline.toml"
    file.write_text(content, "latin-1")
    with pytest.raises(SettingError, match="AIDLINE_CONFIG"):
        load({"AIDLINE_CONFIG": str(file)})


def test_without_settings_all_is_in_one_folder() -> None:
    environment = load({})
    assert environment.database.path == environment.data / "aidline.sqlite3"
    assert environment.media == str(environment.data / "media")
    assert environment.practice is False


def test_a_database_address_is_taken_apart_and_unquoted() -> None:
    url = load({"AIDLINE_DATABASE_URL": "postgres://ai%40d:p%2Fw@db:5433/aid?sslmode=require"}).database
    assert (url.user, url.password, url.host, url.port, url.name) == ("ai@d", "p/w", "db", 5433, "aid")
    assert url.options == (("sslmode", "require"),)


def test_every_setting_is_documented_and_nothing_else() -> None:
    rows = [
        line.split("`")[1]
        for line in DOCUMENT.read_text("utf-8").splitlines()
        if line.startswith("| `AIDLINE_")
    ]
    assert sorted(rows) == sorted([f"AIDLINE_{name.upper()}" for name in READERS] + ["AIDLINE_CONFIG"])
