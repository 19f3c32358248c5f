"""A market report read whole: every figure, its kind, its day, and how sure it is."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from marketmove.market.indices import Registry
from marketmove.published.prose.claims import claims_of
from marketmove.published.prose.clauses import (
    Claim,
    Context,
    Subject,
    section_place,
    segments,
)
from marketmove.published.prose.document import Document, Sentence, read_document, sentences
from marketmove.published.prose.figures import Found, figures_of
from marketmove.published.prose.grammar import Language, Names, language, language_of, names_of
from marketmove.published.prose.numbers import mark_of
from marketmove.published.prose.results import Prose, ProseFigure, doubt_of, has_figure
from marketmove.published.prose.superlatives import superlatives_in
from marketmove.published.prose.tokens import Scanner, Token
from marketmove.published.prose.view import Sentence as Parsed
from marketmove.published.prose.view import kinds_of

_DIGIT = re.compile(r"\d")
_SHORT = 40
_NAMES_SOMETHING = frozenset(["index", "place", "anaphora", "stocks"])


def read_prose(text: str, registry: Registry, date: dt.date | None = None, name: str = "") -> Prose:
    """Read the figures of a market report in prose.

    Parameters
    ----------
    text
        Plain text, Markdown or HTML.
    registry
        The known indices.
    date
        The day that the report is of, where the user has said it.
    name
        The name of its file, which may have a date.

    Examples
    --------
    >>> from marketmove.market.indices import Index
    >>> registry = Registry.of([Index("DJI", "Dow Jones", ("Dow",))])
    >>> prose = read_prose("The Dow rose 18.43 points, or 0.1 percent, to 16,717.17.", registry)
    >>> figure = prose.figures[0]
    >>> figure.symbol, str(figure.close), str(figure.change_pct), figure.sure
    ('DJI', '16717.17', '0.1', True)
    """
    document = read_document(text)
    whole = "\n".join(block.text for block in document.blocks)
    spoken = language(language_of(whole))
    names = names_of(registry)
    scanner = Scanner(spoken, names, mark_of(whole, spoken.decimal), _in_context(whole, names))
    reader = _Reader(document, scanner, spoken, names, registry)
    found = reader.read()
    return dated(found, reader, document, spoken, date, name)


def dated(
    found: list[ProseFigure],
    reader: _Reader,
    document: Document,
    spoken: Language,
    date: dt.date | None,
    name: str,
) -> Prose:
    """Give each figure the session that its words name."""
    from marketmove.published.prose.dates import report_date, session_of

    when, by = report_date(reader.days, document.stated_date, date, name)
    figures = tuple(f._replace(session=session_of(f.day, when, spoken)) for f in found)
    said = tuple(
        found._replace(key=key, line=line, session=session_of(day, when, spoken))
        for text, keys, line, day in reader.sentences
        for at, found in superlatives_in(text, spoken, when)
        if (key := _speaks_of(keys, at))
    )
    return Prose(figures, spoken.code, when, by, said)


def _speaks_of(keys: Sequence[tuple[int, str]], at: int) -> str:
    """The index named last before a place in a sentence; the one that it refers to else."""
    before = [key for start, key in keys if start <= at]
    return before[-1] if before else ""


def _in_context(text: str, names: Names) -> dict[str, str]:
    """What each short name stands for in this text, by the words that it has beside it."""
    known: dict[str, str] = {}
    for name, meanings in names.in_context.items():
        places = [(at, symbol) for word, symbol in meanings.items() if (at := text.find(word)) >= 0]
        if places:
            known[name] = min(places)[1]
    return known


class _Reader:
    """Goes through the sentences, and keeps what a later one may refer to."""

    def __init__(
        self,
        document: Document,
        scanner: Scanner,
        spoken: Language,
        names: Names,
        registry: Registry,
    ) -> None:
        self.document, self.scanner, self.spoken = document, scanner, spoken
        self.names, self.registry = names, registry
        self.found: list[ProseFigure] = []
        self.days: list[str] = []
        self.under_way: set[str] = set()
        self.all_under_way = False
        self.block_under_way = False
        self.day_under_way = ""
        self.lasting = ""
        self.context = Context()
        self.block = -1
        self.section, self.first_section, self.block_keys = "", "", list[str]()
        self.seen: list[str] = []
        self.regions: dict[str, str] = {}
        # Sentences with the indices that they speak of, where each begins: for superlatives.
        self.sentences: list[tuple[str, list[tuple[int, str]], int, str]] = []

    def read(self) -> list[ProseFigure]:
        """Give every figure, in order; ways without figures only of indices that have none."""
        for sentence in sentences(self.document):
            if sentence.block != self.block:
                self._new_block(sentence.block)
            text = sentence.text
            if len(text) < _SHORT or _DIGIT.search(text) or self.scanner.may_tell(text):
                self._sentence(sentence)
        with_figures = {f.name for f in self.found if f.kind == "session" and has_figure(f)}
        return [f for f in self.found if has_figure(f) or f.name not in with_figures]

    def _new_block(self, block: int) -> None:
        self.block = block
        self.block_keys = []
        self.block_under_way = False
        self.context = self.context._replace(pronoun="")

    def _sentence(self, sentence: Sentence) -> None:
        tokens = self.scanner.tokens(sentence.text)
        kinds = kinds_of(tokens)
        if not kinds.isdisjoint(("date", "time")):
            self._note_days(tokens)
        if not kinds.isdisjoint((":", "weekday", "today", "yesterday", "closed")):
            self._note_period(tokens)
        tokens = self._section(sentence, tokens)
        if not tokens:
            return
        spaced = self.spoken.code not in {"ja", "zh", "ko"}
        context = self.context._replace(section=self.section)
        parts = segments(tokens)
        claims: list[Claim] = []
        if not kinds.isdisjoint(_NAMES_SOMETHING):
            claims = claims_of(
                sentence.text, tokens, parts, context, spaced=spaced, particles=self.spoken.after
            )
        if not claims:
            claims = self._left_unsaid(tokens, spaced)
        if not claims and "clock" in kinds:
            # Asian stocks were mixed in early trading: so are the indices named next.
            self.block_under_way = "closed" not in kinds
        if not claims:
            self._refer(claims, tokens)
            return
        parsed = Parsed.of(sentence.text, tokens, parts, self.spoken.after)
        keys_at = [(s.start, s.key) for claim in claims for s in claim.subjects if not s.weak]
        before = [(-1, context.antecedent)] if context.antecedent else []
        day = next((_day_text(t) for t in tokens if t.has("weekday", "yesterday")), "")
        self.sentences.append((sentence.text, [*before, *keys_at], sentence.line, day))
        for claim in claims:
            keys = [subject.key for subject in claim.subjects]
            way = self._is_under_way(keys, tokens, claim.tokens, kinds)
            for found in figures_of(claim, parsed, claims, under_way=way, lasting=self.lasting):
                self.found.append(self._made(found, sentence, tokens))
            self._note_progress(keys, tokens, claim.tokens, kinds)
        self._refer(claims, tokens)

    def _left_unsaid(self, tokens: Sequence[Token], spaced: bool) -> list[Claim]:
        """The claim of a sentence whose subject is left unsaid: Ieri aveva chiuso a +0,01%."""
        if self.spoken.code in {"en", "de", "fr"} or not self.context.pronoun:
            return []
        numbers = [
            t for t in tokens if t.number is not None and t.amount.unit in {"", "pts", "pct"}
        ]
        others = any(
            t.has("entity", "place", "stocks", "not_name") or t.amount.unit == "money"
            for t in tokens
        )
        named = any(t.has("capital") for t in tokens[1:]) or (not spaced and tokens[0].has("han"))
        if not numbers or others or named or not any(t.has("closed") for t in tokens):
            return []
        subject = Subject(self.context.pronoun, tokens[0].start, tokens[0].start, anaphoric=True)
        return [Claim((subject,), tuple(range(len(tokens))))]

    def _section(self, sentence: Sentence, tokens: list[Token]) -> list[Token]:
        """Take off a heading that names a place, and remember it."""
        short = len(tokens) <= 4 and not any(t.number for t in tokens)
        if (
            short
            and tokens
            and (
                sentence.heading or sentence.text.isupper() or sentence.text.rstrip().endswith(":")
            )
        ):
            place = section_place(tokens)
            region = any(t.has("region") for t in tokens)
            if place or region:
                self.section = place or "@region"
                self.first_section = self.first_section or self.section
                return []
        for n, token in enumerate(tokens[:4]):
            if token.has(":") and n and section_place(tokens[:n]):
                self.section = section_place(tokens[:n])
                self.first_section = self.first_section or self.section
                return tokens[n + 1 :]
        return tokens

    def _region(self, key: str) -> str:
        if key not in self.regions:
            index = self.registry.find(key)
            self.regions[key] = index.region if index is not None else "?"
        return self.regions[key]

    def _is_under_way(
        self,
        keys: Sequence[str],
        tokens: Sequence[Token],
        held: Sequence[int],
        kinds: frozenset[str],
    ) -> bool:
        if "closed" in kinds and any(tokens[n].has("closed") for n in held):
            return False
        regions = {self._region(key) for key in keys}
        days = {t.value for t in tokens if t.has("weekday")} if "weekday" in kinds else set()
        if days and self.day_under_way not in days and kinds.isdisjoint(("clock", "time")):
            return False
        if self.all_under_way or self.block_under_way or (regions & self.under_way):
            return True
        # A European paper's column on New York is written before the close there.
        return bool(
            self.section == "@region"
            and self.first_section not in {"", "@region"}
            and self._region(self.first_section) == "europe"
            and "americas" in regions
        )

    def _note_progress(
        self,
        keys: Sequence[str],
        tokens: Sequence[Token],
        held: Sequence[int],
        kinds: frozenset[str],
    ) -> None:
        if kinds.isdisjoint(("closed", "clock", "time", "opened")):
            return
        regions = {self._region(key) for key in keys}
        if any(tokens[n].has("closed") for n in held):
            self.under_way -= regions
        elif any(t.has("clock", "time") and not t.has("extreme") for t in tokens) or any(
            tokens[n].has("opened") for n in held
        ):
            self.under_way |= regions
            self.day_under_way = next((t.value for t in tokens if t.has("weekday")), "")

    def _note_period(self, tokens: Sequence[Token]) -> None:
        """Keep the period that a line names for those below it, until another day is named."""
        colon = next((n for n, t in enumerate(tokens[:8]) if t.has(":")), None)
        lead = tokens[:colon] if colon is not None else ()
        named = [t for t in lead if t.has("week", "month", "ytd")]
        if named and not any(t.has("up", "down", "index") or t.number for t in lead):
            self.lasting = next(k for k in ("week", "month", "ytd") if named[0].has(k))
        elif any(t.has("weekday", "today", "yesterday", "closed") for t in tokens):
            self.lasting = ""

    def _note_days(self, tokens: Sequence[Token]) -> None:
        times = [t for t in tokens if t.has("time")]
        dates = [t for t in tokens if t.has("date")]
        since = [n for n, t in enumerate(tokens[:12]) if t.has("breaks") and not t.has("and")]
        self.days += [
            t.value
            for n, t in enumerate(tokens[:12])
            if t.has("date") and self.block <= 3 and not (since and since[0] < n)
        ]
        only = all(
            t.has(
                "time", "date", "weekday", "punct", ",", "hyphen", "capital", "common", "dash", ";"
            )
            for t in tokens
        )
        if times and dates and only and self.block <= 2 and len(tokens) <= 8:
            self.all_under_way = True

    def _refer(self, claims: Sequence[object], tokens: Sequence[Token]) -> None:
        """Remember what a pronoun of the next sentence stands for."""
        keys: list[str] = []
        for claim in claims:
            keys += [s.key for s in claim.subjects if not s.weak]  # type: ignore[attr-defined]
        if keys:
            self.block_keys += keys
            self.seen += [key for key in keys if key not in self.seen]
            self.context = Context(
                antecedent=keys[0], pronoun=keys[-1] if len(set(keys)) == 1 else keys[0]
            )
        elif any(t.has("capital", "entity") for t in tokens[:4]):
            self.context = self.context._replace(pronoun="")
        if not self.context.antecedent and len(self.seen) == 1:
            self.context = self.context._replace(antecedent=self.seen[0])

    def _made(self, found: Found, sentence: Sentence, tokens: Sequence[Token]) -> ProseFigure:
        subject = found.subject
        index = self.registry.find(subject.key)
        start = min(subject.start, tokens[found.first].start)
        end = max(subject.end, tokens[found.last].end)
        quote = sentence.shown[start:end]
        direction = (
            {1: "up", -1: "down", 0: "flat"}.get(found.direction, "")
            if found.direction is not None
            else ""
        )
        figure = ProseFigure(
            name=index.name if index else subject.key,
            symbol=index.symbol if index else "",
            kind=found.kind,
            line=sentence.line_at(start),
            quote=quote,
            close=found.close,
            change_pts=found.change_pts,
            change_pct=found.change_pct,
            direction=direction,
            bound=found.bound,
            bound_of=found.bound_of,
            day="" if found.day is None else _day_text(tokens[found.day]),
            sentence=sentence.shown,
            by_place=found.subject.by_place,
        )
        doubt = "misfit" if found.doubt else doubt_of(figure)
        return figure._replace(sure=not doubt, doubt=doubt)


def _day_text(token: Token) -> str:
    for kind in ("date", "weekday", "yesterday", "earlier"):
        if token.has(kind):
            return f"{kind}:{token.value}"
    return ""
