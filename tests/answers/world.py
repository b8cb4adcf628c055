"""A small archive index made by hand, with the cases that answers must get right.

- `ru/plain/overall`: five snapshots without a publish date, A B A B C: equal states share their entries;
  ranks are by score, with a tie.
- `arena/text/overall`: complete snapshots without Sber, a same-date rewrite, an excerpt, one held, one
  rejected, one of a route that a better one covers.
- `arena/text/russian`: a complete snapshot with Yandex, then an excerpt without it.
- `aider/polyglot/overall`: one model with two settings, a human baseline, order that is not rank.
- `quiet/main/overall`: known in advance, never captured.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import duckdb

from archiver.database import build as made
from archiver.database.facts import Name, as_listed
from archiver.database.spool import board_id
from archiver.identity import fold


def digest(*parts: object) -> str:
    return sha256("/".join(map(str, parts)).encode()).hexdigest()


SETTLE = """
UPDATE snapshots SET stands_until = NULL;
UPDATE snapshots SET stands_until = s.stands_until
    FROM spans((SELECT list(b.board) FROM boards AS b)) AS s WHERE s.snapshot_id = snapshots.snapshot_id;
UPDATE snapshots
    SET leader_listed = l.first.listed, leader_organization_listed = l.first.maker,
        leader_score = l.first.score
    FROM (
        SELECT content_id, min_by(
            {listed: model_listed, maker: organization_listed, score: score}, line_order(rank, position)
        ) AS first
        FROM entries WHERE rank IS NOT NULL GROUP BY content_id
    ) AS l
    WHERE l.content_id = snapshots.content_id;
"""
"""What a load says of snapshots when it has them all."""


class World:
    """Rows go in through these few methods; `con` is an ordinary connection."""

    def __init__(self, path: Path) -> None:
        self._open(duckdb.connect(str(path), config={"storage_compatibility_version": "v1.2.0"}), {})
        made.tables(self._con)
        made.rules(self._con)
        made.questions(self._con)
        for key, value in made.digests().items():
            self.insert("meta", key=key, value=value)

    @classmethod
    def of(cls, con: duckdb.DuckDBPyConnection, lines: dict[str, int]) -> Self:
        """One that is there already. lines: how many its ledgers have, by source."""
        world = cls.__new__(cls)
        world._open(con, lines)
        return world

    def _open(self, con: duckdb.DuckDBPyConnection, lines: dict[str, int]) -> None:
        self._con, self.lines, self._settled = con, lines, True

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """As a load leaves it."""
        self.settle()
        return self._con

    def settle(self) -> None:
        if not self._settled:
            self._con.execute(SETTLE)
            self._settled = True

    def insert(self, table: str, **values: object) -> None:
        if table in {"boards", "entries"}:
            values["board_id"] = board_id(str(values["board"]))
        columns = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join("?" for _ in values)
        self._con.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(values.values()))  # noqa: S608
        if table == "names":
            known = {folded for (folded,) in self._con.execute("SELECT folded FROM aliases").fetchall()}
            name = Name(**{**dict.fromkeys(Name._fields), **values})  # type: ignore[arg-type]  # text or None
            for alias in as_listed([name], known):
                self._con.execute("INSERT INTO aliases VALUES (?, ?, ?, ?, ?)", alias)

    def source(self, name: str, *boards: str, metric: str = "score", quirks: tuple[str, ...] = ()) -> None:
        self.insert(
            "sources",
            source=name,
            title=name.title(),
            homepage=f"https://{name}.example/",
            license="CC BY 4.0",
            attribution=f"{name.title()}, https://{name}.example/",
            cadence_hours=24.0,
            parser_version=1,
            proven=name != "quiet",
            quirks=list(quirks),
        )
        for board in boards:
            _, track, category = board.split("/")
            self.insert(
                "boards",
                board=board,
                source=name,
                track=track,
                category=category,
                title=board.replace("/", " ").title(),
                metric=metric,
                higher_is_better=True,
            )

    def capture(
        self,
        source: str,
        at: str,
        outcome: str = "stored",
        payload: str | None = None,
        reason: str | None = None,
        detail: str = "",
        route: str = "main",
        url: str | None = None,
    ) -> str:
        self.lines[source] = line = self.lines.get(source, 0) + 1
        capture_id = digest("capture", source, line)
        self.insert(
            "captures",
            capture_id=capture_id,
            ledger=f"ledger-{source}.jsonl",
            line=line,
            source=source,
            route=route,
            url=url or f"https://{source}.example/{route}",
            final_url=None,
            captured_at=at,
            loaded_at=at,
            outcome=outcome,
            reason=reason,
            detail=detail,
            status=200,
            payload_sha256=payload,
            payload_bytes=1000 if payload else None,
            via="http",
            origin=None,
            tool="archiver/0",
        )
        return capture_id

    def snapshot(
        self,
        board: str,
        captured: str,
        entries: list[dict[str, Any]],
        *,
        published: str | None = None,
        complete: bool = True,
        status: str = "accepted",
        preferred: bool = True,
        route: str = "main",
        declared: int | None = None,
        rank_kind: str = "published",
        seen: str | None = None,
        sightings: int = 1,
        findings: tuple[tuple[str, str, str], ...] = (),
    ) -> str:
        source = board.split("/")[0]
        content = str(UUID(digest("content", board, published, repr(entries))[:32]))
        payload = digest("payload", source, captured, content)
        capture_id = self.capture(source, captured, payload=payload, route=route)
        snapshot_id = digest("snapshot", board, route, published, captured, payload)[:16]
        competitors = sum(entry.get("competitor", True) for entry in entries)
        if not self._con.execute("SELECT 1 FROM entries WHERE content_id = ? LIMIT 1", [content]).fetchall():
            for position, entry in enumerate(entries, 1):
                listed = {"competitor": True, "organization_listed": None, **entry}
                self.insert("entries", board=board, content_id=content, position=position, **listed)
            self._con.execute("""
                INSERT INTO listings
                SELECT board, split_part(board, '/', 1), model_listed, organization_listed, license
                FROM entries
                EXCEPT FROM listings
            """)
            for code, severity, sentence in findings:
                self.insert(
                    "findings",
                    content_id=content,
                    board=board,
                    code=code,
                    severity=severity,
                    sentence=sentence,
                )
        self.insert(
            "snapshots",
            snapshot_id=snapshot_id,
            board=board,
            route=route,
            time=published or captured,
            published_at=published,
            captured_at=captured,
            first_seen=captured,
            last_seen=seen or captured,
            sightings=sightings,
            content_id=content,
            payload_sha256=payload,
            capture_id=capture_id,
            rows=len(entries),
            of=competitors if complete else declared,
            complete=complete,
            rank_kind=rank_kind,
            metric="score",
            layout="table",
            parser_version=1,
            status=status,
            preferred=preferred,
        )
        self._settled = False
        self.insert(
            "payloads",
            payload_sha256=payload,
            source=source,
            url=f"https://{source}.example/{route}",
            parser_version=1,
            boards=1,
            error=None,
        )
        return snapshot_id

    def registry(self) -> None:
        for organization, country in (("Sber", "RU"), ("Yandex", "RU"), ("OpenAI", "US"), ("Meta", "US")):
            self.insert("organizations", organization=organization, country=country, evidence="its site")
        models = {
            "GigaChat Max": ("GigaChat", "Sber"),
            "GigaChat Lite": ("GigaChat", "Sber"),
            "YandexGPT 4 Pro": ("YandexGPT", "Yandex"),
            "GPT-4o": ("GPT-4o", "OpenAI"),
            "o1": ("o1", "OpenAI"),
            "Llama 3.3 70B": ("Llama", "Meta"),
        }
        for model, (family, organization) in models.items():
            self.insert("models", model=model, family=family, organization=organization)
        spoken = {
            "organization": {
                "Sber": "Sber",
                "Сбер": "Sber",
                "Yandex": "Yandex",
                "Яндекс": "Yandex",
                "OpenAI": "OpenAI",
            },
            "family": {"GigaChat": "GigaChat", "ГигаЧат": "GigaChat", "YandexGPT": "YandexGPT"},
            "model": {model: model for model in models},
            "country": {"Russia": "RU", "Россия": "RU", "country:RU": "RU"},
        }
        for kind, names in spoken.items():
            for name, target in names.items():
                self._con.execute(
                    "INSERT INTO aliases VALUES (fold(?), ?, ?, ?, 'its site')", [name, name, kind, target]
                )

        listed = {
            "ru": {
                "gigachat_max": "GigaChat Max",
                "gigachat_lite": "GigaChat Lite",
                "yandex_gpt_pro_v4": "YandexGPT 4 Pro",
                "gpt-4o": "GPT-4o",
                "НейроСлон-7b": None,
                "llama-3.3-70b:yandex": "Llama 3.3 70B",
            },
            "arena": {
                "gpt-4o-2024-08-06": "GPT-4o",
                "o1": "o1",
                "chatgpt-4o": "GPT-4o",
                "yandexgpt-4-pro": "YandexGPT 4 Pro",
            },
            "aider": {"gpt-4o": "GPT-4o", "Human": None},
        }
        owner = {model: (family, organization) for model, (family, organization) in models.items()}
        country = {"Sber": "RU", "Yandex": "RU", "OpenAI": "US", "Meta": "US"}
        for source, rows in listed.items():
            for name, model in rows.items():
                family, organization = owner[model] if model else (None, None)
                organization_listed = (organization or "").lower() if source == "arena" else None
                self.insert(
                    "names",
                    source=source,
                    model_listed=name,
                    organization_listed=organization_listed,
                    model=model,
                    family=family,
                    organization=organization,
                    country=country.get(organization or ""),
                    evidence="exact" if model else None,
                    folded=fold(name),
                )


def row(model: str, score: float, **rest: object) -> dict[str, Any]:
    return {"model_listed": model, "score": score, **rest}


def _ru(world: World) -> None:
    board = "ru/plain/overall"
    a = [
        row("gpt-4o", 80.0, rank=1, score_low=78.5, score_high=81.5),
        row("gigachat_max", 60.5, rank=2, score_low=59.0, score_high=62.0),
        row("yandex_gpt_pro_v4", 50.5, rank=3),
        row("llama-3.3-70b:yandex", 50.5, rank=3),
        row("gigachat_lite", 17.0, rank=5),
    ]
    b = [row("gpt-4o", 81.0, rank=1), row("gigachat_max", 62.5, rank=2), row("НейроСлон-7b", 55.0, rank=3)]
    c = [*b[:2], row("gigachat_lite", 20.0, rank=3)]
    warned = (("stale-header", "warning", "The header's date stays behind the table."),)
    for day, entries in (
        ("2024-07-01", a),
        ("2024-08-01", b),
        ("2024-09-01", a),
        ("2024-10-01", b),
        ("2024-11-01", c),
    ):
        world.snapshot(
            board, f"{day} 09:30:00", entries, rank_kind="by-score", findings=warned, seen=f"{day} 12:00:00"
        )


def _arena(world: World) -> None:
    board = "arena/text/overall"

    def table(*scores: float, third: str = "chatgpt-4o") -> list[dict[str, Any]]:
        names = ("o1", "gpt-4o-2024-08-06", third)
        return [
            row(
                name,
                score,
                organization_listed="openai",
                rank=place,
                rank_low=max(1, place - 1),
                rank_high=place + 1,
                score_low=score - 4,
                score_high=score + 4,
                votes=1000 * place,
                license="Proprietary",
            )
            for place, (name, score) in enumerate(zip(names, scores, strict=True), 1)
        ]

    world.snapshot(
        board, "2026-06-30 11:00:00", table(1400, 1390, 1380), published="2026-06-25", route="dataset"
    )
    world.snapshot(
        board, "2026-07-06 11:00:00", table(1401, 1391, 1379), published="2026-07-05", route="dataset"
    )
    # The same publish date again with other rows: a rewrite.
    world.snapshot(
        board, "2026-07-08 11:00:00", table(1402, 1392, 1378), published="2026-07-05", route="dataset"
    )
    world.snapshot(
        board, "2026-07-12 08:00:00", table(1403, 1393, 1377)[:2], complete=False, declared=300, route="page"
    )
    world.snapshot(
        board,
        "2026-07-20 11:00:00",
        table(1, 2, 3),
        published="2026-07-20",
        status="held",
        preferred=False,
        route="dataset",
        findings=(("shrink", "error", "Three rows where 300 stood before."),),
    )
    world.snapshot(
        board,
        "2026-07-21 11:00:00",
        table(4, 5, 6),
        published="2026-07-21",
        status="rejected",
        preferred=False,
        route="dataset",
    )
    world.snapshot(board, "2026-07-06 12:00:00", table(7, 8, 9), preferred=False, route="page")
    world.snapshot(
        board,
        "2026-08-09 11:00:00",
        table(1405, 1395, 1376),
        published="2026-08-06",
        route="dataset",
        seen="2026-08-12 11:00:00",
        sightings=4,
    )
    russian = "arena/text/russian"
    yandex = row("yandexgpt-4-pro", 1300, organization_listed="yandex", rank=3, votes=900)
    world.snapshot(
        russian,
        "2026-06-30 11:00:00",
        [*table(1400, 1390, 1380)[:2], yandex],
        published="2026-06-25",
        route="dataset",
    )
    world.snapshot(
        russian, "2026-08-09 12:00:00", table(1, 2, 3)[:1], complete=False, declared=3, route="page"
    )


def build(path: Path) -> duckdb.DuckDBPyConnection:
    """The archive above at `path`, open for writing."""
    world = World(path)
    world.source("ru", "ru/plain/overall", quirks=("The header's date stays behind.",))
    world.source("arena", "arena/text/overall", "arena/text/russian", metric="Arena score")
    world.source("aider", "aider/polyglot/overall", metric="pass_rate_2 (%)")
    world.source("quiet", "quiet/main/overall")
    world.registry()
    _ru(world)
    _arena(world)
    world.snapshot(
        "aider/polyglot/overall",
        "2025-01-01 10:00:00",
        [
            row("gpt-4o", 70.0, variant="whole", rank=2),
            row("Human", 99.0, competitor=False),
            row("gpt-4o", 72.5, variant="diff", rank=1),
        ],
        rank_kind="by-score",
    )
    world.capture(
        "arena", "2026-08-13 11:00:00", "failed", reason="timeout", detail="60 s passed", route="dataset"
    )
    world.capture(
        "arena", "2026-08-14 11:00:00", "failed", reason="http-status", detail="503", route="dataset"
    )
    world.capture("ru", "2024-08-15 09:30:00", "failed", reason="network", detail="connection reset")
    unread = digest("unread")
    world.capture("aider", "2025-02-01 10:00:00", payload=unread)
    world.insert(
        "payloads",
        payload_sha256=unread,
        source="aider",
        url="https://aider.example/main",
        parser_version=1,
        boards=0,
        error="a column was renamed: `model` is missing",
    )
    return world.con
