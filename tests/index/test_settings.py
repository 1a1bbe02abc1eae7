"""Settings from the file, the environment and `--index`, and what is refused."""

from pathlib import Path

import platformdirs
import pytest
from pydantic import ValidationError

from index.errors import SettingsError
from index.settings import (
    APP,
    SETTINGS_FILE,
    Settings,
    cache_dir,
    environment_name,
    load_settings,
)

FIELDS = [
    (section, key, field)
    for section, part in Settings.model_fields.items()
    for key, field in part.annotation.model_fields.items()
]


def bounds():
    """Each bounded number with its lowest and highest value."""
    for section, key, field in FIELDS:
        limits = {}
        for rule in field.metadata:
            limits |= {name: getattr(rule, name) for name in ("ge", "le") if hasattr(rule, name)}
        if limits:
            yield pytest.param(section, key, limits, id=f"{section}.{key}")


@pytest.fixture
def folder(tmp_path):
    return tmp_path


def loaded(folder, toml="", index_dir=None, **env):
    (folder / SETTINGS_FILE).write_bytes(toml if isinstance(toml, bytes) else toml.encode())
    return load_settings(env, folder, index_dir)


def refusal(folder, toml="", index_dir=None, **env):
    with pytest.raises(SettingsError) as caught:
        loaded(folder, toml, index_dir, **env)
    assert caught.value.exit_code == 2
    return caught.value


def test_without_a_file_everything_has_its_default(folder):
    settings = load_settings({}, folder)
    assert settings == Settings()
    assert settings.index.dir == Path(platformdirs.user_data_dir(APP, appauthor=False)) / "index"
    assert (settings.index.keep_snapshots, settings.posts.timezone) == (3, "Asia/Shanghai")
    assert (settings.embedding.model, settings.embedding.query_prefix) == ("bundled", None)


def test_the_cache_is_a_folder_of_its_own():
    assert cache_dir() == Path(platformdirs.user_cache_dir(APP, appauthor=False))


def test_the_later_source_wins(folder):
    toml = '[index]\ndir = "/file"\nkeep_snapshots = 5\n[answer]\ntop_k = 7'
    assert loaded(folder, toml).index.dir == Path("/file")
    settings = loaded(folder, toml, QINWEN_INDEX="/env", QINWEN_ANSWER__TOP_K="9")
    assert (settings.index.dir, settings.answer.top_k) == (Path("/env"), 9)
    assert settings.index.keep_snapshots == 5  # what the environment doesn't say stays
    settings = loaded(folder, toml, Path("/flag"), QINWEN_INDEX="/env")
    assert (settings.index.dir, settings.index.keep_snapshots) == (Path("/flag"), 5)
    assert loaded(folder, "", Path()).index.dir == Path()


def test_home_is_written_out(folder, monkeypatch):
    monkeypatch.setenv("HOME", "/home/somebody")
    settings = loaded(folder, '[index]\ndir = "~/i"\n[lexical]\ndictionary = "~/words.txt"')
    assert settings.index.dir == Path("/home/somebody/i")
    assert settings.lexical.dictionary == Path("/home/somebody/words.txt")


@pytest.mark.parametrize(("section", "key", "field"), FIELDS)
def test_every_setting_has_a_name_in_the_environment_and_a_description(section, key, field):
    name = environment_name(section, key)
    joined = "_" if section == "bot" else "__"
    assert name in ("QINWEN_INDEX", f"QINWEN_{section}{joined}{key}".upper())
    assert field.description


def test_names_in_the_environment():
    assert environment_name("index", "dir") == "QINWEN_INDEX"
    assert environment_name("embedding", "batch_tokens") == "QINWEN_EMBEDDING__BATCH_TOKENS"
    assert environment_name("bot", "api_url") == "QINWEN_BOT_API_URL"


def test_the_environment_sets_every_kind_of_value(folder):
    settings = loaded(
        folder,
        QINWEN_EMBEDDING__PRECISION="bf16",
        QINWEN_RETRIEVAL__LEXICAL_WEIGHT="0.25",
        QINWEN_LEXICAL__DICTIONARY="/words.txt",
        QINWEN_EMBEDDING__QUERY_PREFIX="query: ",
    )
    assert settings.embedding.precision == "bf16"
    assert settings.retrieval.lexical_weight == 0.25
    assert settings.lexical.dictionary == Path("/words.txt")
    assert settings.embedding.query_prefix == "query: "


def test_unknown_and_empty_variables_are_ignored(folder):
    settings = loaded(
        folder,
        QINWEN_PASAGES__MAX_CHARS="x",
        QINWEN_PASSAGES__MAX_CHAR="x",
        QINWEN_BOT_TOKEN="secret",
        QINWEN_ANSWER__TOP_K="",
        QINWEN_INDEX="",
    )
    assert settings == Settings()


@pytest.mark.parametrize(
    ("toml", "key", "suggested"),
    [
        ("[passages]\nmax_char = 41", "passages.max_char = 41", "passages.max_chars"),
        ("[pasages]\nmax_chars = 41", "pasages = {'max_chars': 41}", "passages"),
        ("max_chars = 41", "max_chars = 41", "passages.max_chars"),
        ("[index]\nzzzzzzzzzzzz = 1", "index.zzzzzzzzzzzz = 1", None),
    ],
)
def test_unknown_keys_in_the_file_are_refused(folder, toml, key, suggested):
    error = refusal(folder, toml)
    assert error.message == f"Setting {key} is unknown."
    assert str(folder / SETTINGS_FILE) in error.remedy
    assert (f"Did you mean {suggested}?" in error.remedy) is (suggested is not None)


@pytest.mark.parametrize(("section", "key", "limits"), list(bounds()))
def test_every_number_has_bounds_that_hold(folder, section, key, limits):
    assert limits.keys() == {"ge", "le"}
    step = 1 if isinstance(limits["le"], int) and limits["le"] > 1 else 0.001
    for value in limits.values():
        assert loaded(folder, f"[{section}]\n{key} = {value}")
    for value in (limits["ge"] - step, limits["le"] + step):
        error = refusal(folder, f"[{section}]\n{key} = {value}")
        assert f"{section}.{key} = {value}" in error.message
        error = refusal(folder, **{environment_name(section, key): str(value)})
        assert f"{section}.{key} = '{value}'" in error.message


def test_every_number_is_bounded():
    numbers = {f"{section}.{key}" for section, key, f in FIELDS if f.annotation in (int, float)}
    assert numbers == {param.id for param in bounds()}


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[index]\nkeep_snapshots = 'three'", "index.keep_snapshots = 'three'"),
        ("[index]\nkeep_snapshots = 2.5", "index.keep_snapshots = 2.5"),
        ("[index]\nkeep_snapshots = true", "index.keep_snapshots = True"),
        ("[index]\nkeep_snapshots = [3]", "index.keep_snapshots = [3]"),
        ("[index]\nmax_removed_share = nan", "index.max_removed_share = nan"),
        ("[index]\nmax_removed_share = inf", "index.max_removed_share = inf"),
        ("[index]\ndir = 3", "index.dir = 3"),
        ("[index]\ndir = ''", "index.dir = ''"),
        ("[index]\ndir = ' '", "index.dir = ' '"),
        ("[index]\ndir = '~nobody-of-that-name/x'", "index.dir"),
        ("[posts]\ntimezone = 'Mars/Olympus'", "posts.timezone = 'Mars/Olympus'"),
        ("[posts]\ntimezone = ''", "posts.timezone = ''"),
        ("[posts]\ntimezone = 'Asia'", "posts.timezone = 'Asia'"),
        ("[posts]\ntimezone = '../../etc/passwd'", "posts.timezone"),
        ("[posts]\ntimezone = 8", "posts.timezone = 8"),
        ("[embedding]\nprecision = 'int8'", "embedding.precision = 'int8'"),
        ("[embedding]\nmodel = ''", "embedding.model = ''"),
        ("[embedding]\nmodel = false", "embedding.model = False"),
    ],
)
def test_wrong_values_are_named_with_their_key(folder, toml, said):
    error = refusal(folder, toml)
    assert f"Setting {said}" in error.message and "is wrong" in error.message
    assert "Value error" not in error.message


@pytest.mark.parametrize("toml", ["index = 3", "index = [1]", "index = '/x'", "passages = 3"])
@pytest.mark.parametrize("index_dir", [None, Path("/flag")])
def test_a_section_must_be_a_table(folder, toml, index_dir):
    error = refusal(folder, toml, index_dir, QINWEN_INDEX="/env", QINWEN_PASSAGES__MAX_CHARS="50")
    name = toml.split()[0]
    assert f"Setting {name} = " in error.message and f"table [{name}]" in error.message


def test_a_long_wrong_value_is_cut(folder):
    assert len(refusal(folder, f"[posts]\ntimezone = '{'x' * 5000}'").message) < 200
    assert len(refusal(folder, f"unknown = '{'x' * 5000}'").message) < 200


@pytest.mark.parametrize(
    "toml",
    [
        pytest.param("[index", id="broken"),
        pytest.param("a = 1\na = 2", id="twice"),
        pytest.param(b"\xff\xfe[\x00", id="utf-16"),
        pytest.param("[index]\ndir = '\x00'", id="nul"),
        pytest.param("a = " + "9" * 5_000, id="huge-number"),
        pytest.param("a = " + "[" * 20_000, id="deep"),
    ],
)
def test_a_file_that_is_no_toml_is_named(folder, toml):
    error = refusal(folder, toml)
    assert str(folder / SETTINGS_FILE) in error.message and error.remedy


def test_a_folder_of_that_name_is_no_settings_file(folder):
    (folder / SETTINGS_FILE).mkdir()
    with pytest.raises(SettingsError, match="can't be read"):
        load_settings({}, folder)


def test_a_byte_order_mark_is_accepted(folder):
    assert loaded(folder, b"\xef\xbb\xbf[answer]\r\ntop_k = 4\r\n").answer.top_k == 4


def test_settings_do_not_change():
    with pytest.raises(ValidationError):
        Settings().answer.top_k = 3


LLM = "[llm]\nbase_url = '{}'\nmodel = 'tiny'\n"
KEY = "sk-harbour-4711"


def test_no_language_model_by_default(folder):
    assert Settings().llm.base_url is None and Settings().llm.api_key is None
    assert loaded(folder, "[llm]\nbase_url = ''").llm.base_url is None


@pytest.mark.parametrize(
    ("url", "is_local"),
    [
        ("http://127.0.0.1:8080/v1", True),
        ("http://127.1:8080", True),
        ("http://localhost/v1", True),
        ("http://[::1]:8080/v1", True),
        ("https://localhost.example.com/v1", False),
        ("https://127.0.0.1.example.com/v1", False),
        ("https://192.0.2.7/v1", False),
    ],
)
def test_a_server_is_local_or_not(folder, url, is_local):
    assert loaded(folder, LLM.format(url)).llm.is_local is is_local
    settings = loaded(folder, LLM.format(url), QINWEN_LLM__API_KEY=KEY)
    assert settings.llm.api_key.get_secret_value() == KEY
    assert KEY not in repr(settings) and KEY not in settings.model_dump_json()


@pytest.mark.parametrize("url", ["http://192.0.2.7/v1", "http://llm.example.com/v1"])
def test_a_key_goes_nowhere_in_the_clear(folder, url):
    assert loaded(folder, LLM.format(url)).llm.is_local is False  # without a key, as one likes
    error = refusal(folder, LLM.format(url), QINWEN_LLM__API_KEY=KEY)
    assert error.message.endswith("unencrypted; use https.") and KEY not in str(error)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://127.0.0.1/v1", "'http' or 'https'"),
        ("file:///etc/passwd", "'http' or 'https'"),
        ("127.0.0.1:8080", "valid URL"),
        ("localhost:8080", "'http' or 'https'"),
        ("http://", "empty host"),
        ("http://127.0.0.1:99999", "port"),
        (f"https://{KEY}@example.com", "no password"),
        (f"https://user:{KEY}@example.com/v1", "no password"),
        (f"https://example.com/v1?key={KEY}", "no password"),
        (f"https://example.com/v1#{KEY}", "no password"),
    ],
)
def test_only_plain_web_addresses_are_servers(folder, url, said):
    error = refusal(folder, LLM.format(url))
    assert "llm.base_url = " in error.message and said in error.message
    assert KEY not in str(error)


def test_a_server_needs_the_name_of_a_model(folder):
    error = refusal(folder, "[llm]\nbase_url = 'http://127.0.0.1'")
    assert "llm.model = None is wrong" in error.message


@pytest.mark.parametrize("key", ["a b", "schlüssel", "a\\nb", "密"])
def test_a_key_can_be_sent_as_it_is(folder, key):
    error = refusal(folder, f'[llm]\napi_key = "{key}"')
    assert "llm.api_key = '***' is wrong" in error.message


@pytest.mark.parametrize(
    "toml",
    [
        "[llm]\napi_keyy = '{}'",
        "[llm]\napi_key = ['{}']",
        "[llm]\napi_key = {{ value = '{}' }}",
        "[lm]\napi_key = '{}'",
        "[[llm]]\napi_key = '{}'",
        "[answer]\nllm_key = '{}'",
        "[bot]\ntoken = '{}'\npassword = '{}'",
        "api_key = '{}'",
    ],
)
def test_a_secret_in_the_wrong_place_is_not_shown(folder, toml):
    with pytest.raises(SettingsError) as caught:
        loaded(folder, toml.format(KEY, KEY))
    assert KEY not in str(caught.value) and KEY not in str(caught.value.__cause__)
