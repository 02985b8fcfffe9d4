from pathlib import Path

import pytest
from rich.cells import cell_len

from klderive.derivation import Derivation, by
from klderive.library import load
from klderive.render.terminal import terminal_rows, verdict_rows
from klderive.verify import verify

GOLDEN = Path(__file__).parents[1] / "golden" / "gaussian_l2_80.txt"


@pytest.fixture(scope="module")
def gaussian():
    return verify(load("gaussian-l2"))


def page(report, **options):
    return "\n".join(row.plain.rstrip() for row in terminal_rows(report, **options))


def failing():
    d = Derivation("failing", title="Lines that fail")
    d.symbols(a="real", b="real")
    c = d.chain("(a + b)**2")
    c.eq("a**2 + b**2", by.algebra, number="paper:1")
    c.eq("[a]**2 + [b]**2", by.algebra)
    return verify(d)


def test_golden_text(gaussian):
    assert page(gaussian, width=80) + "\n" == GOLDEN.read_text("utf-8")


@pytest.mark.parametrize("ascii", [False, True])
@pytest.mark.parametrize("width", [40, 60, 80, 100, 120])
def test_no_row_is_wider_than_the_width(gaussian, width, ascii):
    rows = terminal_rows(gaussian, width=width, ascii=ascii)
    assert max(cell_len(row.plain) for row in rows) <= width
    assert all(cell_len(row.plain) <= width for row in verdict_rows(failing(), width=width))


@pytest.mark.parametrize("width", [60, 80, 120])
def test_every_line_is_shown_with_its_number(gaussian, width):
    words = page(gaussian, width=width).split()
    numbers = [line.line.number for line in gaussian.lines() if line.line.number]
    assert set(numbers) <= set(words)


def test_ascii_is_ascii(gaussian):
    assert page(gaussian, ascii=True).isascii()


def test_wider_pages_are_shorter(gaussian):
    lengths = [len(terminal_rows(gaussian, width=width)) for width in (60, 80, 120)]
    assert lengths == sorted(lengths, reverse=True)


def test_square_brackets_are_not_markup():
    assert "[a]² + [b]²" in page(failing())


def test_a_failing_line_is_marked_and_explained():
    shown = page(failing())
    assert "✗" in shown
    assert "paper:1" in shown
    assert "Not established" in shown
    assert "1 refuted" in shown


def test_failing_lines_alone():
    rows = [row.plain for row in verdict_rows(failing())]
    assert rows[0].startswith("✗  failing  not verified")
    assert any("paper:1" in row and "test_terminal.py:" in row for row in rows)


def test_a_lemma_alone(gaussian):
    shown = page(gaussian, lemma="T1")
    assert shown.startswith("┌ Lemma T1")
    assert "gauss:9" in shown
    assert "gauss:22" not in shown


def test_special_cases_are_announced(gaussian):
    assert "with σ_gt = σ_m = 1" in page(gaussian)


def test_symbols_with_their_assumptions():
    d = Derivation("kinds")
    d.symbols(a="real", n="positive integer", p="nonnegative", b="real")
    d.assume("p < 1")
    d.chain("a + b").eq("b + a", by.algebra)
    assert "for a, b real; n > 0 integer; p ≥ 0; p < 1" in page(verify(d))


def test_a_conclusion_stands_if_what_it_rests_on_does():
    d = Derivation("partly")
    d.symbols(a="real", b="positive")
    d.chain("(a + b)**2").eq("a**2 + b**2")
    d.density("p", of="x")
    lemma = d.lemma("L")
    lemma.chain("Integral(p(x), x)").eq("1", by.normalisation("p"))
    d.chain("Integral(p(x), x) + a").eq("1 + a", by.lemma("L"))
    text = "\n".join(row.plain for row in terminal_rows(verify(d)))
    assert "\nSo ∫ p(x) dx + a = 1 + a\n" in text
    assert "1 refuted" in text
    false = d.lemma("F")
    false.chain("Integral(p(x), x)").eq("2", by.normalisation("p"))
    d.chain("Integral(p(x), x) + a").eq("2 + a", by.lemma("F"))
    text = "\n".join(row.plain for row in terminal_rows(verify(d)))
    assert "Not established: ∫ p(x) dx + a = 2 + a" in text
