"""How many answers are PostgreSQL's, and how long the same right answers take."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks._harness import Contender, Context, Timings
from benchmarks._ranges.peers import MATINEE, PEERS, Peer
from benchmarks._ranges.world import ASKED, KINDS, MADE, Kind, canonical, truth, written

__all__ = ["World", "worlds"]

# What is timed, and under which title.
_OPERATIONS = {
    "All operations on two ranges": (*ASKED, *MADE),
    "Questions": ASKED,
    "What two ranges make": MADE,
}
# One peer's work: the operation, and the pairs.
type Work = list[tuple[Callable[[Any, Any], Any], list[tuple[Any, Any]]]]


@dataclass(frozen=True)
class World:
    """All ranges of one kind of elements.

    Attributes:
        right: By peer and operation, which pairs it answers as PostgreSQL does.
        one_part: By operation, which pairs' results are one range at most, or an answer.
    """

    kind: Kind
    ranges: dict[str, list[Any]]
    right: dict[str, dict[str, list[bool]]]
    one_part: dict[str, list[bool]]

    def pairs(self, peer: str) -> list[tuple[Any, Any]]:
        return [(one, other) for one in self.ranges[peer] for other in self.ranges[peer]]


def worlds() -> list[World]:
    """Return the small worlds, each with the answers of all peers held against PostgreSQL's."""
    return [_world(kind) for kind in KINDS]


def rights(found: Sequence[World]) -> dict[str, dict[str, float]]:
    """Return what part of each peer's answers is PostgreSQL's, by kind of elements."""
    facts = {each.kind.name: _rights([each], with_empty=True) for each in found}
    facts["all, where both ranges have elements"] = _rights(found, with_empty=False)
    return {
        f"Right answers, % of {asked:,}: {name}": shares for name, (asked, shares) in facts.items()
    }


def measure(context: Context, found: Sequence[World]) -> Iterator[Timings]:
    """Measure operations where all peers are right and results are one range, if not an answer.

    Where quick, all of them together alone.
    """
    for title, operations in list(_OPERATIONS.items())[: 1 if context.quick else None]:
        contenders = [Contender(peer.name, _run(_work(peer, found, operations))) for peer in PEERS]
        yield context.measure(*contenders, title=title)


def measure_construction(context: Context, found: Sequence[World]) -> Timings:
    """Measure the making of ranges from elements; ours checks them and finds the one form."""
    all_written = [(each, world.kind) for world in found for each in written(world.kind)]

    def maker(peer: Peer) -> Callable[[], int]:
        return lambda: len([peer.make(*each) for each in all_written])

    contenders = [Contender(peer.name, maker(peer)) for peer in PEERS]
    return context.measure(*contenders, title=f"Making {len(all_written):,} ranges of elements")


def _rights(found: Sequence[World], *, with_empty: bool) -> tuple[int, dict[str, float]]:
    """Return how many answers there are, and of each peer how many of a hundred are right."""
    counted = [
        (world.right, at)
        for world in found
        for at, (one, other) in enumerate(world.pairs(MATINEE))
        if with_empty or (one and other)
    ]
    asked = len(counted) * len((*ASKED, *MADE))
    shares = {}
    for peer in PEERS:
        right = sum(answers[at] for by, at in counted for answers in by[peer.name].values())
        shares[peer.name] = round(100 * right / asked, 2)
    return asked, shares


def _world(kind: Kind) -> World:
    known = truth(kind)
    ranges = {peer.name: [peer.make(each, kind) for each in written(kind)] for peer in PEERS}
    told = {name: [row[at] for row in known] for at, name in enumerate((*ASKED, *MADE))}
    one_part = {
        name: [name in ASKED or len(each) < 2 for each in answers] for name, answers in told.items()
    }
    world = World(kind, ranges, {}, one_part)
    for peer in PEERS:
        world.right[peer.name] = {
            name: [
                _is_right(peer, name, pair, answer, kind)
                for pair, answer in zip(world.pairs(peer.name), answers, strict=True)
            ]
            for name, answers in told.items()
        }
    return world


def _is_right(peer: Peer, name: str, pair: tuple[Any, Any], answer: Any, kind: Kind) -> bool:
    try:
        found = peer.asks[name](*pair)
    except peer.refuses:
        return name in MADE and len(answer) > 1
    except Exception:  # noqa: BLE001  whatever it is, it is no answer
        return False
    if name in ASKED:
        return found is answer
    return canonical(list(peer.parts(found)), kind) == answer


def _work(peer: Peer, found: Sequence[World], operations: Sequence[str]) -> Work:
    return [(peer.asks[name], _timed(peer, world, name)) for world in found for name in operations]


def _timed(peer: Peer, world: World, name: str) -> list[tuple[Any, Any]]:
    """Return the pairs on which this operation is the same work for all: a right answer."""
    alike = zip(*(world.right[each.name][name] for each in PEERS), strict=True)
    which = zip(world.pairs(peer.name), alike, world.one_part[name], strict=True)
    return [pair for pair, right, one in which if all(right) and one]


def _run(work: Work) -> Callable[[], int]:
    def run() -> int:
        for ask, pairs in work:
            for one, other in pairs:
                ask(one, other)
        return sum(len(pairs) for _, pairs in work)

    return run
