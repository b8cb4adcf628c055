"""Who is who: listed names checked by hand, what people type, and the rules between them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from archiver.errors import UsageError
from archiver.identity import Registry, fold

TABLE = Path(__file__).with_name("hand_checked.tsv").read_text("utf-8")
HAND_CHECKED = list(csv.DictReader(TABLE.splitlines(), delimiter="\t"))


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.load()


def test_enough_was_checked_by_hand() -> None:
    assert len(HAND_CHECKED) >= 200


@pytest.mark.parametrize("row", HAND_CHECKED, ids=lambda row: f"{row['source']}-{row['model']}")
def test_the_maker_as_checked_by_hand(registry: Registry, row: dict[str, str]) -> None:
    found = registry.resolve(row["source"], row["model"], row["listed_by"] or None)
    assert found.organization == (row["organization"] or None)
    assert found.country == (row["country"] or None)
    assert found.family == (row["family"] or None)
    assert (found.model is None) == (found.family is None)


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("claude-opus-4-6-thinking", "Claude Opus 4.6"),
        ("claude-opus-4-6-high", "Claude Opus 4.6"),
        ("claude-opus-4-5-20251101-thinking-64k-high-effort", "Claude Opus 4.5"),
        ("claude-4-1-opus-20250805-base", "Claude Opus 4.1"),
        ("Claude-3-Haiku-20240307 (FC tools-2024-04-04)", "Claude 3 Haiku"),
        ("gpt-5.1-codex-max-xhigh", "GPT-5.1 Codex Max"),
        ("gpt-5.4-high (codex-harness)", "GPT-5.4"),
        ("gpt-5-mini-2025-08-07_high", "GPT-5 mini"),
        ("gpt-4-0125-preview", "GPT-4 Turbo"),
        ("gpt-4-0613", "GPT-4"),
        ("o3-mini-2025-01-31 (temperature=1, reasoning=high)", "o3-mini"),
        ("o1-preview-2024-09-12", "o1-preview"),
        ("Gemini-2.0-Flash-Thinking-Exp-01-21 (Prompt)", "Gemini 2.0 Flash Thinking"),
        ("gemini-2.5-flash-lite-preview-06-17-highthinking", "Gemini 2.5 Flash Lite"),
        ("deepseek-v3.1-terminus-thinking", "DeepSeek V3.1 Terminus"),
        ("deepseek-v4-pro-high-preview", "DeepSeek V4 Pro"),
        ("qwen3.7-max-preview", "Qwen3.7 Max"),
        ("Qwen3-4B-think", "Qwen3 4B"),
        ("qwen3-next-80b-a3b-thinking", "Qwen3 Next 80B A3B Thinking"),
        ("kimi-k2-thinking-turbo", "Kimi K2 Thinking"),
        ("kimi-k2-0905-preview", "Kimi K2"),
        ("llama-3.3-70b:yandex", "Llama 3.3 70B Instruct"),
        ("gigachat_max_26.20_uncen", "GigaChat Max"),
        ("GigaChat 2 Max", "GigaChat 2 Max"),
        ("yandex_gpt_pro_v4_26102024", "YandexGPT 4 Pro"),
        ("yandexgpt-4-pro, 12.00$", "YandexGPT 4 Pro"),
        ("T-pro-it-2.0-think", "T-pro 2.0"),
        ("xLAM-7b-fc-r (FC)", "xLAM 7B FC R"),
        ("Phi-3-mini-4k-instruct", "Phi 3 mini 4K Instruct"),
        ("Meta-Llama-3.1-405B-Instruct-fp8", "Llama 3.1 405B Instruct"),
    ],
)
def test_settings_are_taken_off_by_reviewed_rules(registry: Registry, name: str, model: str) -> None:
    assert registry.resolve("any", name, None).model == model


def test_one_model_under_many_spellings_is_one_model(registry: Registry) -> None:
    """Also where no line of models.tsv names it."""
    for spellings in (
        ["Vicuna-33B", "vicuna-33b", "Vicuna 33B", "vicuna_33b"],
        [
            "Meta-Llama-3.2-3B-Instruct",
            "llama-3.2-3b-instruct",
            "Llama 3.2 3B Instruct",
            "llama3.2:3b-instruct",
        ],
        ["internlm2_5-20b-chat", "InternLM2.5-20B-chat"],
        ["Yi-1.5-9B-Chat", "01-AI Yi-1.5-9B-Chat"],
    ):
        assert len({registry.resolve("any", spelling, None).model for spelling in spellings}) == 1


def test_variants_that_are_models_of_their_own_stay_apart(registry: Registry) -> None:
    names = ["Qwen3-235B-A22B-Instruct-2507", "Qwen3-235B-A22B-Thinking-2507", "Qwen3-235B-A22B", "Qwen3-32B"]
    assert len({registry.resolve("any", name, None).model for name in names}) == len(names)
    names = ["Llama-3-8B-Base", "Llama-3-8B-Instruct", "gpt-4o", "gpt-4o-mini", "o3", "o3-mini", "o3-pro"]
    assert len({registry.resolve("any", name, None).model for name in names}) == len(names)


def test_evidence_says_the_rule_and_the_disagreement(registry: Registry) -> None:
    agreed = registry.resolve("arena", "glm-4.6", "zai").evidence or ""
    hosted = registry.resolve("arena", "llama-3.3-70b-instruct", "Yandex")
    unknown = registry.resolve("arena", "glm-4.6", "Somebody").evidence or ""
    assert "hosted by" not in agreed
    assert hosted.organization == "Meta"
    assert "'Yandex', but hosted by is not made by" in (hosted.evidence or "")
    assert "'Somebody', a name not known" in unknown


def test_a_rename_is_dated_in_the_evidence(registry: Registry) -> None:
    for name in ("claude-opus-4-6-thinking", "claude-opus-4-6-high"):
        assert "since 2026-08 as 'claude-opus-4-6-high'" in (
            registry.resolve("arena", name, None).evidence or ""
        )
    assert "since" not in (registry.resolve("livebench", "claude-opus-4-6-thinking", None).evidence or "")


@pytest.mark.parametrize(
    ("typed", "kind", "target"),
    [
        *(
            (name, "organization", "Sber")
            for name in ("Sber", "Сбер", "сбербанк", "Sberbank", "SberDevices", "sber ai")
        ),
        *((name, "organization", "Yandex") for name in ("Yandex", "Яндекс", "yandex cloud")),
        *(
            (name, "organization", "T-Bank")
            for name in ("Т-Банк", "тинькофф", "Tinkoff", "t-bank-ai", "T-Tech")
        ),
        *((name, "organization", "MTS AI") for name in ("МТС", "MTS", "MWS AI", "MTSAIR")),
        *((name, "organization", "Vikhr") for name in ("Vikhr", "Vikhrmodels", "Вихрь")),
        *((name, "organization", "Ilya Gusev") for name in ("Ilya Gusev", "Илья Гусев")),
        *((name, "organization", "RefalMachine") for name in ("RefalMachine", "Михаил Тихомиров")),
        *((name, "organization", "Avito") for name in ("Авито", "AvitoTech")),
        *((name, "organization", "VK") for name in ("VK", "ВК")),
        ("Just AI", "organization", "Just AI"),
        *((name, "family", "GigaChat") for name in ("GigaChat", "ГигаЧат", "гига чат", "giga-chat")),
        *((name, "family", "YandexGPT") for name in ("YandexGPT", "yandex gpt", "ЯндексГПТ")),
        *((name, "family", "Alice AI") for name in ("Алиса", "Alice", "Alice AI", "Алиса ИИ")),
        ("Кандинский", "family", "Kandinsky"),
        ("Kandinsky", "family", "Kandinsky"),
        ("YandexART", "family", "YandexART"),
        ("Сайга", "family", "Saiga"),
        ("Cotype", "family", "Cotype"),
        ("DeepSeek", "organization", "DeepSeek"),
        ("Дипсик", "organization", "DeepSeek"),
        ("Mistral", "organization", "Mistral"),
        ("MiniMax", "organization", "MiniMax"),
        ("Qwen", "family", "Qwen"),
        ("Kling", "family", "Kling"),
        ("Claude", "family", "Claude"),
        ("ChatGPT", "family", "GPT"),
        ("通义千问", "family", "Qwen"),
        ("zai", "organization", "Z.ai"),
        ("Zhipu", "organization", "Z.ai"),
        ("bfl", "organization", "Black Forest Labs"),
        ("o3", "model", "o3"),
        ("GigaChat 2 Max", "model", "GigaChat 2 Max"),
        ("ГигаЧат 2 Макс", "model", "GigaChat 2 Max"),
        ("claude-opus-4.6", "model", "Claude Opus 4.6"),
        ("Command R+", "model", "Command R+"),
        ("country:RU", "country", "RU"),
        ("country:Россия", "country", "RU"),
        ("Russia", "country", "RU"),
    ],
)
def test_what_people_type(registry: Registry, typed: str, kind: str, target: str) -> None:
    aliases = {alias.folded: alias for alias in registry.aliases()}
    assert (aliases[fold(typed)].kind, aliases[fold(typed)].target) == (kind, target)


def test_listed_names_find_their_model_and_take_no_name_away(registry: Registry) -> None:
    names = ["Vicuna-33B", "claude-opus-4-6-thinking", "Claude", "shadebrook"]
    met = [(name, registry.resolve("arena", name, None)) for name in names]
    shipped = {alias.folded: alias for alias in registry.aliases()}
    known = {alias.folded: alias for alias in registry.aliases(met)}
    assert shipped.items() <= known.items()
    assert (known["vicuna33b"].kind, known["vicuna33b"].target) == ("model", "Vicuna 33B")
    assert known[fold("claude-opus-4-6-thinking")].target == "Claude Opus 4.6"
    assert known["claude"].kind == "family"
    assert known["vicuna33b"].evidence == "as listed: the name begins 'vicuna'"
    assert "shadebrook" not in known
    assert ("Vicuna 33B", "Vicuna", "LMSYS") in registry.models(found for _, found in met)


def test_tables_are_the_same_in_any_order(registry: Registry) -> None:
    names = ["Vicuna-33B", "vicuna 33b", "Koala-13B", "koala-13b"]
    met = [(name, registry.resolve("arena", name, None)) for name in names]
    assert registry.aliases(met) == registry.aliases(reversed(met))
    assert registry.models(it for _, it in met) == registry.models(it for _, it in reversed(met))


def test_organisations_and_models_have_their_rows(registry: Registry) -> None:
    organizations = {name: country for name, country, _ in registry.organizations()}
    assert organizations["Sber"] == "RU"
    assert organizations["BigScience"] is None
    assert ("GigaChat 2 Max", "GigaChat", "Sber") in registry.models()


def test_the_nearest_names_are_offered_but_never_taken(registry: Registry) -> None:
    assert registry.nearest("Сберк")[0] == "Сбер"
    assert "GigaChat" in registry.nearest("gigachta")
    assert registry.nearest("qqqqqqqqqq") == ()
    assert registry.resolve("arena", "gigachta-2-max", "Sbre") == (None, None, None, None, None)


def test_the_same_question_gets_the_same_answer(registry: Registry) -> None:
    first = registry.resolve("arena", "glm-4.6", "zai")
    assert registry.resolve("arena", "glm-4.6", "zai") is first
    assert Registry.load().resolve("arena", "glm-4.6", "zai") == first


def test_the_digest_changes_with_what_the_answers_rest_on(registry: Registry) -> None:
    assert registry.digest == Registry.load().digest
    assert registry.digest != Registry.load(OWN).digest


OWN = {
    "organization": [
        {"name": "Acme", "country": "DE", "aliases": ["ACME GmbH", "Акме"]},
        {"name": "Sber", "aliases": ["Зелёный банк"]},
    ],
    "family": [{"name": "AcmeLM", "organization": "Acme", "begins": ["acmelm"], "aliases": ["АкмеЛМ"]}],
    "model": [
        {"name": "AcmeLM 3", "family": "AcmeLM", "aliases": ["acme3-chat-0425"], "because": "its site"}
    ],
}


def test_the_users_own_names_count() -> None:
    registry = Registry.load(OWN)
    assert registry.resolve("arena", "acme3-chat-0425", None)[:4] == ("AcmeLM 3", "AcmeLM", "Acme", "DE")
    assert registry.resolve("arena", "AcmeLM-3 (FC)", None).model == "AcmeLM 3"
    assert registry.resolve("arena", "acmelm-4-mini", "акме")[:3] == ("Acmelm 4 mini", "AcmeLM", "Acme")
    assert registry.resolve("arena", "whatever", "Зеленый банк").organization == "Sber"
    aliases = {alias.name: alias for alias in registry.aliases()}
    assert (aliases["АкмеЛМ"].kind, aliases["АкмеЛМ"].target) == ("family", "AcmeLM")
    assert aliases["acme3-chat-0425"].evidence == "its site"
    assert ("Acme", "DE", "archiver.toml") in registry.organizations()
    assert {name: country for name, country, _ in registry.organizations()}["Sber"] == "RU"


def test_the_users_own_names_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "archiver.toml"
    path.write_text('contact = "me"\n[[names.organization]]\nname = "Acme"\ncountry = "DE"\n', "utf-8")
    assert Registry.load(path).resolve("arena", "x", "acme").organization == "Acme"
    path.write_text('contact = "me"\n', "utf-8")
    assert Registry.load(path).resolve("arena", "x", "acme").organization is None


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"organisation": []}, "names.organisation is not a kind of name"),
        ({"organization": {}}, "names.organization is not a list of tables"),
        ({"organization": ["Acme"]}, "names.organization is not a list of tables"),
        ({"organization": [{}]}, "names.organization entry 1 has no name"),
        ({"organization": [{"name": 3}]}, "name = 3 is not a text"),
        ({"organization": [{"name": "A", "land": "DE"}]}, "entry 1 has no key 'land'"),
        ({"organization": [{"name": "A", "country": "Germany"}]}, "country = 'Germany' is not a code"),
        ({"organization": [{"name": "A", "aliases": "B"}]}, "aliases = 'B' is not a list of names"),
        ({"family": [{"name": "A"}]}, "does not say its organization"),
        ({"family": [{"name": "A", "organization": "Nobody"}]}, "belongs to 'Nobody', which is not known"),
        ({"model": [{"name": "A", "family": "Nothing"}]}, "belongs to 'Nothing', which is not known"),
    ],
)
def test_a_wrong_name_of_the_users_is_an_error(own: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        Registry.load(own)
    assert said in caught.value.what
    assert caught.value.todo
    assert caught.value.exit_code == 2


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "archiver.toml"
    for text in ("names = [", "names = 3"):
        path.write_text(text, "utf-8")
        with pytest.raises(UsageError, match=r"archiver\.toml"):
            Registry.load(path)
    with pytest.raises(UsageError, match="cannot be read"):
        Registry.load(tmp_path / "none.toml")
