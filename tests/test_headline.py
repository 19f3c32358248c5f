"""The headline of a summary: what is told first, and how."""

from __future__ import annotations

import datetime as dt

import pytest

import sentences
from plain_closes import Closes, tidy
from plain_days import Asked
from program import SAMPLE_CLOSES, RunCli, Write
from summarised import FEBRUARY_14, FRIDAY, HEADER, PAIR, closes, said


def test_the_headline_of_a_divergence(run_cli: RunCli) -> None:
    document = run_cli(*FEBRUARY_14, *PAIR, "-f", "json").document
    assert document["headline"]["text"] == (
        "Hang Seng up 3.69%, its best session since 2 October 2024; Nikkei 225 down 0.79%: the"
        " widest gap between the two since 6 November 2024."
    )
    assert document["headline"]["figures"] == [
        {"of": "HSI", "what": "change_pct", "value": 3.694628815776023},
        {"of": "HSI", "what": "largest_since", "value": "2024-10-02"},
        {"of": "N225", "what": "change_pct", "value": -0.7907460112357699},
        {"of": "HSI:N225", "what": "widest_since", "value": "2024-11-06"},
    ]
    (pair,) = said(document, "pairs")
    assert pair == (
        "Hang Seng up 3.69%, Nikkei 225 down 0.79%: 4.49 pp apart, wider than 96.8% of their last"
        " 250 common sessions, the widest since 6 November 2024."
    )


@pytest.mark.parametrize(
    ("rows", "headline"),
    [
        ({"A": (100, 102.5)}, "A up 2.50%."),
        ({"A": (200, 200)}, "A unchanged."),
        ({"A": (30000, 30001)}, "A up less than 0.01%."),
        ({"A": (100, 101), "B": (50, 50)}, "A up 1.00%; the other unchanged."),
        (
            {"A": (100, 99), "B": (50, 50), "C": (70, 70), "D": (100, 99.5), "E": (50, 49.9)},
            "A down 1.00%; 2 of 5 unchanged.",
        ),
        ({"A": (200, 199), "B": (200, 206)}, "B up 3.00%; A down 0.50%."),
        ({"A": (200, 204), "B": (200, 206)}, "B up 3.00%; A up 2.00%."),
        (
            {"A": (200, 199), "B": (200, 194), "C": (200, 196)},
            "All 3 indices down, B most: 3.00%.",
        ),
        (
            {"A": (1000, 1002), "B": (1000, 999), "C": (1000, 998)},
            "A quiet session, with no move as large as 0.5%: A up 0.20%, C down 0.20%.",
        ),
        # 0.4999% would read 0.50%, so it is not below half a percent.
        (
            {"A": (100000, 100499), "B": (1000, 999), "C": (1000, 998)},
            "A up 0.50%; C down 0.20%.",
        ),
        (
            {"A": (100, 103), "B": (100, 102), "C": (1000, 999), "D": (10, 10.1)},
            "A up 3.00%; most indices rose.",
        ),
        (
            {"A": (100, 97), "B": (100, 98), "C": (1000, 1004), "D": (10, 9.9)},
            "A down 3.00%; most indices fell.",
        ),
        ({"A": (100, 101), "B": (100,)}, "A up 1.00%; the other index has no move."),
        (
            {"A": (100, 101), "B": (100,), "C": (100,)},
            "A up 1.00%; the other 2 indices have no move.",
        ),
        ({"A": (100,)}, "No move to report: the first close of A in this data."),
        ({"A": (100,), "B": (9,)}, "No move to report: the first closes of A and B in this data."),
        (
            {"A": (100,), "B": (100,), "C": (100,), "D": (100,)},
            "No move to report: the first closes of 4 indices in this data.",
        ),
        # Volatility falls where shares rise, and makes no divergence and no headline.
        (
            {"A": (100, 101), "B": (100, 102), "C": (100, 103), "VIX": (20, 10)},
            "All 3 indices up, C most: 3.00%.",
        ),
        ({"VIX": (20, 10)}, "Cboe VIX down 50.00%."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_headlines(
    rows: dict[str, tuple[float, ...]], headline: str, run_cli: RunCli, write: Write
) -> None:
    path = write("closes.csv", closes(**rows))
    document = run_cli("summary", "2025-02-14", "-l", path, "-f", "json").document
    assert document["headline"]["text"] == headline
    assert said(document, "pairs") == [] or "VIX" not in str(said(document, "pairs"))
    sentences.read(document, Asked(Closes(tidy(path)), FRIDAY, source=str(path)))


@pytest.mark.parametrize(
    ("rows", "headline"),
    [
        ({"A": (10, 11), "B": (10, 11), "C": (50, 55)}, "All 3 indices up 10.00%."),
        (
            {"A": (10, 9), "B": (10, 9), "C": (100, 99)},
            "All 3 indices down, A and B most: 10.00%.",
        ),
        (
            {**dict.fromkeys("ABCD", (10, 11)), "E": (100, 101)},
            "All 5 indices up, 4 of them most: 10.00%.",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_none_is_said_to_move_most_that_others_equal(
    rows: dict[str, tuple[float, ...]], headline: str, run_cli: RunCli, write: Write
) -> None:
    path = write("closes.csv", closes(**rows))
    document = run_cli("summary", "2025-02-14", "-l", path, "-f", "json").document
    assert document["headline"]["text"] == headline
    sentences.read(document, Asked(Closes(tidy(path)), FRIDAY, source=str(path)))
    alike = max(abs(move["change_pct"]) for move in document["moves"])
    assert {
        (figure["of"], abs(figure["value"])) for figure in document["headline"]["figures"]
    } == {
        (move["symbol"], alike)
        for move in document["moves"]
        if abs(move["change_pct"]) == alike
    }  # fmt: skip


def test_the_headline_of_a_fall_names_a_second_only_for_more_news(run_cli: RunCli) -> None:
    """Five indices had their worst session of the data that day; none beats the largest fall."""
    document = run_cli("summary", "2024-08-05", "-l", SAMPLE_CLOSES, "-f", "json").document
    assert document["headline"]["text"] == (
        "9 of 20 indices down, none up; Nikkei 225 most: 12.40%, its worst session in this data,"
        " since 28 December 2023."
    )


def row(*closes: float) -> str:
    """A file of closes of A on the weekdays that end on 14 February 2025."""
    days = ("10", "11", "12", "13", "14")[-len(closes) :]
    pairs = zip(days, closes, strict=True)
    return HEADER + "".join(f"2025-02-{day},A,{close}\n" for day, close in pairs)


@pytest.mark.parametrize(
    ("text", "headline"),
    [
        (row(105, 104, 103, 102, 101), "A down 0.98%, at least its fourth fall in a row."),
        (row(100, 101, 102, 103, 104), "A up 0.97%, at least its fourth rise in a row."),
        (
            row(104, 105, 104, 103, 102).replace(
                "02-10,A,104\n", "02-07,A,103\n2025-02-10,A,106\n"
            ),
            "A down 0.97%, its fourth fall in a row.",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and "\n" not in value else "",
)
def test_a_headline_says_the_way_of_a_streak_once(
    text: str, headline: str, run_cli: RunCli, write: Write
) -> None:
    path = write("closes.csv", text)
    document = run_cli("summary", "2025-02-14", "-l", path, "-f", "json").document
    assert document["headline"]["text"] == headline
    sentences.read(document, Asked(Closes(tidy(path)), FRIDAY, source=str(path)))


def test_a_record_of_the_one_that_rose_most(run_cli: RunCli) -> None:
    asked = ("summary", "2025-02-17", "-l", SAMPLE_CLOSES, "-f", "json", "-g", "europe")
    assert run_cli(*asked).document["headline"]["text"] == ("All 4 indices up, DAX most: 1.26%.")


def test_what_is_so_of_all_the_data_is_said_of_it_once(run_cli: RunCli) -> None:
    document = run_cli("summary", "2025-02-13", "-l", SAMPLE_CLOSES, "-f", "json").document
    assert said(document, "rare")[0] == (
        "DAX jumped 2.09%, its best session, to its highest close, both in this data, since"
        " 28 December 2023, up for a fourth session."
    )
    closes, day = Closes(tidy(SAMPLE_CLOSES)), dt.date(2025, 2, 13)
    sentences.read(document, Asked(closes, day, source=str(SAMPLE_CLOSES)))
