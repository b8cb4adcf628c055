"""One pass: many requests, hosts side by side, each result kept as it comes.

Only fetching happens in threads. Everything else (the discovery of URLs, the ledger) happens in the thread
that called `sweep`, in one place and one at a time.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from math import inf
from typing import Literal, NamedTuple

from ..errors import ArchiverError
from ..records import Capture, Reply
from ..redaction import shown
from ..sources import Discovery, Media, Request, Source
from .events import Event
from .fetch import Fetcher, validators

Keep = Callable[[str, str, Reply], Capture]
"""Source, route, reply → the ledger's line, once it is durable."""
Last = Callable[[str, str], Capture | None]
"""Source, URL → the last capture that has a payload, or None."""


class Left(NamedTuple):
    """A request that a pass left out, since its time was over."""

    source: str
    route: str
    url: str


class Job(NamedTuple):
    """One thing to capture: a request whose reply is the payload, or the discovery of such requests."""

    source: str
    route: str
    plan: Request | Discovery
    media: Media
    robots: bool = False
    override: str = ""
    """The operator's reason for not obeying robots.txt."""
    secret_headers: Mapping[str, str] = {}


def jobs(name: str, source: Source, *, override: str = "") -> Iterator[Job]:
    """All that one pass captures of a source, its routes in order of preference."""
    for route in source.routes:
        plans: list[Request | Discovery] = [Request(url) for url in route.captures]
        plans += [route.discover] if route.discover else []
        for plan in plans:
            yield Job(name, route.name, plan, route.media, route.robots, override)


def sweep(
    jobs: Iterable[Job],
    fetcher: Fetcher,
    keep: Keep,
    last: Last,
    on_event: Callable[[Event], object] = lambda _event: None,
    *,
    ends: float | None = None,
    on_left: Callable[[Left], object] = lambda _left: None,
) -> list[Capture]:
    """Captures every job and returns the ledger's lines, in the order in which they were written.

    ends: a time of `time.monotonic` after which no request starts; those under way end within their own
    deadline, and `on_left` is told of each that was left out.

    `keep`, `last`, `on_event` and the discoveries run in the calling thread. What they raise, and
    KeyboardInterrupt, ends the pass: requests under way are cut off, what was kept stays kept.
    """
    passing = _Pass(fetcher, keep, last, on_event, inf if ends is None else ends)
    captures = passing.run(jobs)
    for task in passing.left():
        on_left(Left(task.job.source, task.job.route, shown(task.request.url)))
    return captures


@dataclass(frozen=True, eq=False)
class _Task:
    job: Job
    request: Request
    search: Generator[Request, bytes, Sequence[Request]] | None = None
    """The discovery that waits for this body; None where the body is the payload."""
    host: str = ""


@dataclass
class _Pass:
    fetcher: Fetcher
    keep: Keep
    last: Last
    tell: Callable[[Event], object]
    ends: float
    waiting: dict[str, deque[_Task]] = field(default_factory=dict)
    """By host, in the order of arrival."""
    running: dict[Future[Reply], _Task] = field(default_factory=dict)
    done: list[Capture] = field(default_factory=list)

    def run(self, jobs: Iterable[Job]) -> list[Capture]:
        limits = self.fetcher.limits
        pool = ThreadPoolExecutor(limits.hosts * limits.per_host, thread_name_prefix="capture")
        try:
            for job in jobs:
                self._plan(job)
            while self._dispatch(pool):
                finished, _ = wait(self.running, return_when=FIRST_COMPLETED)
                for future in finished:
                    self._finish(self.running.pop(future), future.result())
        except BaseException:
            self.fetcher.stop()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
            for task in [*self.running.values(), *self.left()]:
                if task.search:
                    task.search.close()
        return self.done

    def left(self) -> list[_Task]:
        """What waits still, once it has run."""
        return [task for line in self.waiting.values() for task in line]

    def _plan(self, job: Job) -> None:
        if isinstance(job.plan, Request):
            self._queue(_Task(job, job.plan))
        else:
            self._search(_Task(job, Request(""), job.plan()), None)

    def _queue(self, task: _Task) -> None:
        task = replace(task, host=self.fetcher.host(task.request.url))
        self.waiting.setdefault(task.host, deque()).append(task)
        self._tell("planned", task)

    def _dispatch(self, pool: ThreadPoolExecutor) -> bool:
        """Starts what may start: no thread waits for a host that is busy. Whether anything is under way."""
        if time.monotonic() >= self.ends:
            return bool(self.running)
        busy = Counter(task.host for task in self.running.values())
        for host, line in self.waiting.items():
            while line and busy[host] < self.fetcher.limits.per_host:
                if not busy[host] and len(+busy) >= self.fetcher.limits.hosts:
                    break
                task = line.popleft()
                busy[host] += 1
                self._tell("started", task)
                self.running[pool.submit(self._fetch, task, self._known(task))] = task
        return bool(self.running)

    def _known(self, task: _Task) -> dict[str, str]:
        return {} if task.search else validators(self.last(task.job.source, shown(task.request.url)))

    def _fetch(self, task: _Task, known: Mapping[str, str]) -> Reply:
        job = task.job
        return self.fetcher.fetch(
            task.request,
            media=None if task.search else job.media,
            validators=known,
            robots=job.robots,
            override=job.override,
            secret_headers=job.secret_headers,
        )

    def _finish(self, task: _Task, reply: Reply) -> None:
        if task.search and reply.reason is None and reply.body is not None:
            self._search(task, reply)
        else:
            self._keep(task, reply)

    def _search(self, task: _Task, reply: Reply | None) -> None:
        """Takes a discovery one step on, with the body that it waited for (none at its beginning)."""
        search = task.search
        if search is None:
            return
        try:
            request = next(search) if reply is None else search.send(reply.body or b"")
        except StopIteration as end:
            self._found(task, reply, end.value or ())
        except ArchiverError as error:
            self._lost(task, reply, f"The listing is not what was expected: {error}")
        except Exception as error:  # noqa: BLE001  # one source's slip must not cost the others their pass
            told = f"{type(error).__name__}: {error}"
            self._lost(task, reply, f"The listing could not be read, a fault of this program ({told}).")
        else:
            if reply is not None:
                self._tell("done", task, reply=reply)
            self._queue(replace(task, request=request))

    def _found(self, task: _Task, reply: Reply | None, requests: Sequence[Request]) -> None:
        if not requests:
            self._lost(task, reply, "The listing names nothing to capture.")
            return
        if reply is not None:
            self._tell("done", task, reply=reply)
        for request in requests:
            self._queue(_Task(task.job, request))

    def _lost(self, task: _Task, reply: Reply | None, detail: str) -> None:
        """Records that a discovery led nowhere, under the URL whose body it could not use, if any."""
        reply = reply or Reply(url="", captured_at=self.fetcher.now())
        self._keep(task, replace(reply, reason="wrong-type", detail=detail))

    def _keep(self, task: _Task, reply: Reply) -> None:
        capture = self.keep(task.job.source, task.job.route, reply)
        self.done.append(capture)
        self._tell("done", task, reply=reply, capture=capture)

    def _tell(
        self,
        kind: Literal["planned", "started", "done"],
        task: _Task,
        *,
        reply: Reply | None = None,
        capture: Capture | None = None,
    ) -> None:
        self.tell(
            Event(
                kind=kind,
                source=task.job.source,
                route=task.job.route,
                url=shown(task.request.url),
                outcome=capture.outcome if capture else "",
                reason=capture.reason if capture else None,
                detail=capture.detail if capture else "",
                size=len(reply.body) if reply and reply.body is not None else None,
                seconds=reply.seconds if reply else None,
            )
        )
