"""`marketmove session`: the moves of one session, and which markets parted company."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from marketmove.commands.inputs import (
    Spec,
    When,
    bad_rows_elsewhere,
    choose,
    find_sources,
    named,
    no_session,
)
from marketmove.divergence import breadth, count_splits, splits
from marketmove.errors import BadFiguresError, Place, WrongUsageError
from marketmove.report import Remark, SessionReport, in_order
from marketmove.sources import Context, Reading

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from marketmove.config import Config
    from marketmove.moves import Move
    from marketmove.sources import ReadOptions, Source


class Request(NamedTuple):
    """What was asked: the session, the files, the indices, and how the result is wanted.

    ``levels`` are paths or an open standard input; empty for those of the configuration or, for
    a date that they hold, the bundled samples. ``pairs`` is how many divergent pairs are worked
    out; all if None.
    """

    session: When
    levels: tuple[Spec, ...]
    chosen: tuple[str, ...]
    reading: ReadOptions
    config: Config
    strict: bool = False
    explain: bool = False
    pairs: int | None = None


class _Found(NamedTuple):
    """The session that was meant, its moves, and what there is to say of the data."""

    session: dt.date
    moves: list[Move]
    warnings: list[Remark]
    notes: list[Remark]


def session(request: Request) -> SessionReport:
    """Work out one session: find the closes, read them, compute the moves, compare them.

    Raises
    ------
    MarketMoveError
        Of the class that says what the user can mend.
    """
    sources, bundled = find_sources(request.levels, request.config, request.session)
    published = _are_published(sources)
    found = (_from_published if published else _from_closes)(sources, request, bundled)
    return SessionReport(
        session=found.session,
        basis="published" if published else "closes",
        source=named([source.label for source in sources]),
        bundled=bundled,
        moves=tuple(in_order(found.moves, request.config.sort)),
        divergences=tuple(splits(found.moves, request.config.floor_pct, request.pairs)),
        breadth=breadth(found.moves),
        split_pairs=count_splits(found.moves, request.config.floor_pct),
        warnings=tuple(found.warnings),
        notes=tuple(found.notes),
    )


def _are_published(sources: Sequence[Source]) -> bool:
    """Whether the files have published figures, which never stand among closes."""
    published = [source.label for source in sources if source.yaml_key == "figures"]
    closes = [source.label for source in sources if source.yaml_key != "figures"]
    if published and closes:
        text = (
            f"{published[0]} has published figures and {closes[0]} closes; name one kind at a time"
        )
        raise WrongUsageError.at(None, text)
    return bool(published)


def _from_published(sources: Sequence[Source], request: Request, bundled: bool) -> _Found:
    from marketmove.published import published_moves, read_published

    registry = request.config.registry
    reports = [read_published(source, registry) for source in sources]
    dates = sorted({report.session for report in reports})
    when = dates[-1] if request.session == "latest" else request.session
    asked = [report for report in reports if report.session == when]
    if not asked:
        raise no_session(when, dates, bundled)
    if len(asked) > 1:
        labels = " and ".join(report.label for report in asked)
        raise WrongUsageError.at(None, f"{labels} are both for {when}; name one of them")
    known = [printed.symbol for printed in asked[0].printed]
    symbols, absent = choose(request.chosen, known, registry)
    moves = published_moves(asked[0], registry, symbols)
    if all(move.status == "unknown" for move in moves):
        raise no_session(when, [], bundled=False)
    return _Found(when, moves, absent, [])


def _from_closes(sources: Sequence[Source], request: Request, bundled: bool) -> _Found:
    # These load pandas, which is not wanted before the files are known to be there.
    from marketmove.doubts import stated_otherwise
    from marketmove.levels import around, fold, part_faults
    from marketmove.moves import session_moves
    from marketmove.sources import read_blocks

    config = request.config
    context = Context(config.registry, config.words, config.exchanges)
    asked = None if request.session == "latest" else request.session
    blocks = read_blocks(
        sources,
        request.reading,
        context,
        lambda symbols, sessions: around(symbols, sessions, asked),
    )
    levels = fold(blocks, config.registry)
    symbols, absent = choose(request.chosen, levels.symbols, request.config.registry)
    sessions = levels.sessions(symbols)
    when = levels.latest(symbols) if request.session == "latest" else request.session
    moves = session_moves(levels, when, symbols)
    touching, elsewhere = part_faults(levels, when, {m.symbol: m.prior_session for m in moves})
    if touching or (request.strict and elsewhere):
        raise BadFiguresError(touching + (elsewhere if request.strict else []))
    if all(move.close is None for move in moves):
        raise no_session(when, sessions, bundled)
    stated = stated_otherwise(levels, when, set(symbols))
    warnings = [
        *absent,
        *bad_rows_elsewhere(elsewhere),
        *(Remark("reading", w.text, place=w.place) for w in levels.warnings),
        *(Remark("stated_otherwise", s.text, place=s.place) for s in stated),
    ]
    notes = [
        *(Remark("repeated_rows", r.text, place=r.place) for r in levels.repeats),
        *(Remark("reading", n.text, place=n.place) for n in levels.notes),
        *(_explanation(label, how) for label, how in levels.readings if request.explain),
    ]
    return _Found(when, moves, warnings, notes)


def _explanation(label: str, how: Reading) -> Remark:
    text = "; ".join(f"{aspect}: {taken}" for aspect, taken in how.explained().items())
    return Remark("explained", text, place=Place(label))
