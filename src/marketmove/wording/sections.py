"""A session in sentences: what stands under the headline, and the sections under the table."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from marketmove.errors import listed
from marketmove.moves.breadth import GroupMoves
from marketmove.moves.divergence import Divergence, PairLine
from marketmove.moves.move import Move, exact
from marketmove.rarity.superlatives import pair_fact
from marketmove.reports.records import SessionReport
from marketmove.reports.summary import Section, Sentence, SentenceFigure, sentence
from marketmove.wording import dates, extremes, numbers, periods, phrases, session_rows, statuses
from marketmove.wording.characters import visible
from marketmove.wording.currency import in_one
from marketmove.wording.headline import RankedMove

_MOST_PAIRS, _MOST_MOVES, _MOST_SILENT = 5, 10, 20
_FEW = 3
_WEEKDAYS = {"Friday", "Saturday", "Sunday"}


def brief(report: SessionReport, rows: Sequence[Move]) -> list[Sentence]:
    """Say when it was, who rose and who fell, and who most; and the same of groups within.

    ``rows`` are the indices that count: those of shares, if there are any.
    """
    moved = [move for move in rows if move.change_pct is not None and not move.doubt]
    when = f"On {dates.day(report.session)}" if report.session else ""
    when = (when or f"As of {dates.moment(report.as_of)}") + in_one(report.in_currency)
    said = [sentence(f"{when}, ", *_counted(rows, report.as_of), ".")]
    if len(moved) >= _FEW and (most := _most(moved)):
        said.append(most)
    everything = len(report.moves)
    return said + [_group(g) for g in report.groups if g.n and len(g.symbols) < everything]


def _counted(rows: Sequence[Move], as_of: dt.datetime | None) -> list[Sentence | str]:
    """Such as ``15 of 20 indices rose, 3 fell and 2 were shut``."""
    if len(rows) == 1 and not rows[0].doubt:
        return [_closed_at(rows[0], as_of)]
    states = [statuses.state(move) for move in rows]
    counts = {state: states.count(state) for state in statuses.WORDS if state in states}
    said = []
    for state, n in counts.items():
        words = statuses.WORDS[state]
        said.append(f"{n:,} {words.of_several if n > 1 else words.of_one}")
    number, _, rest = said[0].partition(" ")
    which = f"{number} of {len(rows):,}"
    if len(said) == 1:
        which = "both" if len(rows) == 2 else f"all {number}"
    said[0] = f"{which} indices {rest}"
    figures = tuple(SentenceFigure("", state, number) for state, number in counts.items())
    return [Sentence(listed(said), figures)]


def _closed_at(move: Move, as_of: dt.datetime | None) -> Sentence:
    text = f"closed at {numbers.level(move.close, move.decimals)}"
    if as_of and move.session:
        text = f"last {text}, on {dates.near(move.session, as_of.date())}"
    figures = [SentenceFigure(move.symbol, "close", move.close)]
    if move.prior_close is not None and move.prior_session is not None:
        prior = numbers.level(move.prior_close, move.decimals)
        day = dates.near(move.prior_session, as_of.date() if as_of else move.session)
        text += f", after {prior} on {day}"
        figures.append(SentenceFigure(move.symbol, "prior_close", move.prior_close))
    return Sentence(f"{phrases.name(move)} {text}", tuple(figures))


def _most(moved: Sequence[Move]) -> Sentence | None:
    """Who rose most, and who fell most; or who least, where all went one way."""
    found = [_furthest(moved, 1, "rose"), _furthest(moved, -1, "fell")]
    if all((move.change_pct or 0) > 0 for move in moved):
        found[1] = _least(moved, "rose")
    elif all((move.change_pct or 0) < 0 for move in moved):
        found.append(_least(moved, "fell"))
    parts = [part for part in found if part]
    if not parts:
        return None
    whole = sentence(parts[0], *(sentence("; ", part) for part in parts[1:]), ".")
    return whole._replace(text=re.sub("^only ", "Only ", whole.text))


def _furthest(moved: Sequence[Move], sign: int, way: str) -> Sentence | None:
    """Who went furthest one way; nobody where none did, or too many as far."""
    sizes = [(move.change_pct or 0.0) * sign for move in moved]
    largest = max(sizes)
    names = [move for move, size in zip(moved, sizes, strict=True) if size == largest]
    if largest <= 0 or len(names) > _FEW:
        return None
    who = listed([phrases.name(move) for move in names])
    figures = tuple(SentenceFigure(move.symbol, "change_pct", move.change_pct) for move in names)
    alone = sum(size > 0 for size in sizes) == 1
    text = f"only {who} {way}," if alone else f"{who} {way} most,"
    return Sentence(f"{text} {phrases.size(largest)}", figures)


def _least(moved: Sequence[Move], way: str) -> Sentence | None:
    """Who moved least, if that is one."""
    sizes = [abs(move.change_pct or 0.0) for move in moved]
    if sizes.count(min(sizes)) > 1:
        return None
    move = moved[sizes.index(min(sizes))]
    text = f"{phrases.name(move)} {way} least, {phrases.size(min(sizes))}"
    return Sentence(text, (SentenceFigure(move.symbol, "change_pct", move.change_pct),))


def _group(group: GroupMoves) -> Sentence:
    tally = group.breadth
    counts = [
        f"{number:,} {word}"
        for number, word in ((tally.up, "up"), (tally.down, "down"), (tally.unchanged, "unchanged"))
        if number
    ]
    pct = group.median_pct
    middle = ""
    if pct is not None:
        way = "up " if pct > 0 else "down " if pct < 0 else ""
        middle = f"; the median {way}{phrases.size(pct) if pct else 'unchanged'}"
    text = f"Group {visible(group.name)}: {', '.join(counts)}{middle}."
    return Sentence(text, (SentenceFigure(group.name, "median_pct", pct),))


def sections(report: SessionReport, ranked: Sequence[RankedMove]) -> tuple[Section, ...]:
    """Give what stands under the table, without what there is nothing to say of.

    ``ranked`` has the moves, with what is rare about each.
    """
    marked = in_one(report.in_currency)
    every = [
        Section("pairs", f"Divergent pairs{marked}", tuple(_pairs(report))),
        Section("rare", f"Streaks and records{marked}", tuple(_rare(ranked, len(report.moves)))),
        Section("extremes", f"Highs and lows{marked}", tuple(extremes.news(report))),
        Section("shut", "Shut", tuple(_shut(report.moves))),
        Section("absent", "Without a move", tuple(_absent(report.moves))),
        Section("warnings", "Warnings", tuple(_remarks(report.warnings))),
        Section("about", "About these figures", tuple(_about(report))),
    ]
    return tuple(section for section in every if section.sentences)


def _pairs(report: SessionReport) -> Iterable[Sentence]:
    """The rarest divergent pairs and those asked for, each once; and how many more diverge."""
    moves = {move.symbol: move for move in report.moves}
    found = [pair for pair in report.divergences if pair.kind == "split"]
    asked = [pair for pair in report.divergences if pair.kind == "asked"]
    lines = report.pair_lines or tuple(PairLine(pair.up, (pair,)) for pair in found)
    for line in lines[:_MOST_PAIRS]:
        yield (_one_with_many if len(line.pairs) > 1 else _one_pair)(line, moves)
    for pair in asked:
        yield _one_pair(PairLine(pair.up, (pair,)), moves)
    if more := sum(len(line.pairs) for line in lines[_MOST_PAIRS:]) + report.pairs_left_out:
        yield Sentence(f"{numbers.count(more, 'more divergent pair', 'more divergent pairs')}.")


def _one_pair(line: PairLine, moves: Mapping[str, Move]) -> Sentence:
    """Such as ``Hang Seng up 3.69%, Taiex down 1.05%: 4.75 pp apart.``."""
    (pair,) = line.pairs
    up, down = moves[pair.up], moves[pair.down]
    return sentence(
        phrases.brief(up, down), ", ", phrases.brief(down, up), ": ", _gap(pair, up, down), "."
    )


def _one_with_many(line: PairLine, moves: Mapping[str, Move]) -> Sentence:
    """Such as ``Taiex down 1.05% versus Hang Seng, DAX and 5 more; widest: …; rarest: …``."""
    hub, rarest = moves[line.hub], line.pairs[0]
    others = [phrases.name(moves[symbol]) for symbol in line.others()]
    count = SentenceFigure(line.hub, "pairs", f"{len(others):,}")
    which = Sentence(session_rows.some_of(others), (count,))
    widest = _against(line.widest, hub, moves)
    parts: list[Sentence | str] = [phrases.brief(hub), " versus ", which, "; widest: ", widest]
    if rarest != line.widest and rarest.percentile is not None:
        parts += ["; rarest: ", _against(rarest, hub, moves)]
    return sentence(*parts, ".")


def _against(pair: Divergence, hub: Move, moves: Mapping[str, Move]) -> Sentence:
    """The other side of a pair, and how far apart it is from the index that many are against."""
    up, down = moves[pair.up], moves[pair.down]
    other = down if up is hub else up
    return sentence(phrases.brief(other, hub), ", ", _gap(pair, up, down))


def _gap(pair: Divergence, up: Move, down: Move) -> Sentence:
    """How far apart, and how rare that is."""
    spread = SentenceFigure(phrases.of_both(pair), "spread_pp", pair.spread_pp)
    parts = [Sentence(f"{numbers.spread(pair, approximate=False)} apart", (spread,))]
    if pair.percentile is not None:
        share = numbers.round_to(exact(pair.percentile), 1)
        of = {Decimal("100.0"): "any", Decimal("0.0"): "none"}.get(share, f"{share}%")
        text = f", wider than {of} of their last {pair.n} common sessions"
        figure = SentenceFigure(phrases.of_both(pair), "percentile", pair.percentile)
        parts.append(Sentence(text, (figure,)))
    if fact := pair_fact(pair, {pair.up: up, pair.down: down}):
        parts.append(sentence(", the widest ", phrases.since_of(fact, pair)))
    return sentence(*parts)


def _rare(ranked: Sequence[RankedMove], all_indices: int) -> Iterable[Sentence]:
    """Each index with something rare about it, the rarest first.

    Of a single index the headline has said one thing already.
    """
    news = [one for one in ranked if len(one.facts) > (all_indices == 1)]
    news.sort(key=lambda one: (-one.facts[0].rarity, one.move.symbol))
    for one in news[:_MOST_MOVES]:
        if one.context is not None:
            inside = sorted(one.facts, key=lambda fact: _ORDER.index(fact.kind))
            base = phrases.full(one.move, one.context)
            yield sentence(phrases.with_facts(base, inside, one.move, one.context), ".")
    if more := news[_MOST_MOVES:]:
        yield Sentence(f"Less rare: {_names(one.move for one in more)}.")


# In which order a sentence says what is rare about one move.
_ORDER = ("largest", "record", "equals", "extreme", "streak", "widest")


def _names(moves: Iterable[Move]) -> str:
    """Name the first of many indices, and count the others."""
    return listed([phrases.name(move) for move in moves], _MOST_SILENT)


def _shut(moves: Iterable[Move]) -> Iterable[Sentence]:
    """Who was shut, why, and when they open again; those of one holiday together."""
    alike: dict[tuple[str | None, dt.date | None, dt.date | None], list[Move]] = {}
    for move in moves:
        if move.status == "closed":
            alike.setdefault((move.closed_for, move.reopens, move.session), []).append(move)
    for (why, reopens, session), of in alike.items():
        opens = ""
        if reopens:
            verb = "reopens" if len(of) == 1 else "reopen"
            opens = f"; {verb} {dates.near(reopens, session)}"
        figures = tuple(SentenceFigure(move.symbol, "reopens", move.reopens) for move in of)
        yield Sentence(f"{_names(of)} shut{_reason(why)}{opens}.", figures)


def _reason(why: str | None) -> str:
    """Say why an exchange was shut."""
    if not why:
        return ""
    if why == "weekend":
        return " for the weekend"
    return f" {'on' if why in _WEEKDAYS else 'for'} {visible(why)}"


def _absent(moves: Sequence[Move]) -> Iterable[Sentence]:
    """Who has no move and was not shut, and why; with the last close that it has."""
    absent = [move for move in moves if not move.counts and move.status != "closed"]
    early = [move for move in absent if move.status == "missing" and move.prior_close is None]
    others = [move for move in absent if move not in early]
    for move in others[:_MOST_SILENT]:
        yield Sentence(f"{phrases.name(move)}: {statuses.reason(move)}.", (_status(move),))
    if more := others[_MOST_SILENT:]:
        yield Sentence(f"No move either: {_names(more)}.", tuple(map(_status, more)))
    if early:
        figures = tuple(map(_status, early))
        yield Sentence(f"{_names(early)}: no close so early in the data.", figures)


def _status(move: Move) -> SentenceFigure:
    return SentenceFigure(move.symbol, "status", move.status)


def _remarks(remarks: Iterable[object]) -> Iterable[Sentence]:
    for text in map(visible, map(str, remarks)):
        # One that begins with the name of a file stays as it is.
        file_first = ":" in text.partition(" ")[0]
        yield Sentence(f"{text if file_first else text[:1].upper() + text[1:]}.")


def _about(report: SessionReport) -> Iterable[Sentence]:
    sample = ", a bundled sample" if report.bundled else ""
    yield Sentence(f"Closes from {visible(report.source)}{sample}.")
    own = "session" if report.session else "last session that was over by then"
    which = listed([periods.words(period).removeprefix("the ") for period in report.periods])
    yield Sentence(
        f"Each index's {own}, by the date of its exchange, measured from its own close before;"
        f" {which} from the last close before them."
    )
    yield from _no_period(report)
    yield from _since_when(report)
    # Of periods the sentence on dashes says it.
    yield from _remarks(note for note in report.notes if note.code != "no_base")


def _no_period(report: SessionReport) -> Iterable[Sentence]:
    """What a dash stands for, where a week or a year has no figure beside a move."""
    moved = [move for move in report.moves if move.status == "ok"]
    if any(session_rows.period_pct(m, period) is None for m in moved for period in report.periods):
        which = listed([periods.head(period) for period in report.periods]).replace(" and ", " or ")
        yield Sentence(f"A dash under {which}: the closes do not reach back so far.")


def _since_when(report: SessionReport) -> Iterable[Sentence]:
    """Who is measured from a close that is older than the weekday before."""
    alike: dict[tuple[dt.date, dt.date], list[Move]] = {}
    for move in report.moves:
        session, prior = move.session, move.prior_session
        if (
            move.status == "ok"
            and session
            and prior
            and dates.prior_date(session, prior, move.weekday_before)
        ):
            alike.setdefault((prior, session), []).append(move)
    for (prior, session), of in alike.items():
        figures = tuple(SentenceFigure(move.symbol, "prior_session", prior) for move in of)
        near = report.as_of.date() if report.as_of else session
        text = f"{_names(of)} measured from the close of {dates.near(prior, near)}."
        yield Sentence(text, figures)
