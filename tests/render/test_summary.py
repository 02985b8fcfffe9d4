from klderive.derivation import Derivation, by
from klderive.library import load
from klderive.render.json_report import report_data
from klderive.render.summary import closing, remarks, supports_by_kind, tags, tally
from klderive.render.supports import support_rows
from klderive.verify import verify


def test_the_tally_counts_every_line():
    report = verify(load("gaussian-l2"))
    total = len(report.lines())
    assert tally(report).startswith(f"{total} steps: ")
    assert (
        sum(int(word) for word in tally(report).split(": ")[1].split() if word.isdigit()) == total
    )


def test_the_closing_line_names_what_the_whole_rests_on():
    sentence = closing(verify(load("gaussian-l2")))
    assert "sigma_gt > 0" in sentence
    assert "sigma_m > 0" in sentence
    assert "mean of P_gt" in sentence.partition("rests on: ")[2]


def test_kinds_are_not_mixed():
    report = verify(load("gaussian-l2"))
    groups = supports_by_kind(report)
    assert sum(map(len, groups.values())) == len(report.supports)
    for supports in groups.values():
        assert len({support.kind for support in supports}) == 1


def test_rows_of_supports_fit():
    for width in (40, 80):
        rows = support_rows(verify(load("gaussian-l2")), width=width, ascii=True)
        assert max(map(len, rows)) <= width
        assert all(row.isascii() for row in rows)


def test_data_is_plain():
    import json

    report = verify(load("gaussian-l2"))
    data = report_data(report)
    assert json.loads(json.dumps(data)) == data
    assert len(data["steps"]) == len(report.lines())


def said(side, *reasons):
    d = Derivation("said")
    d.symbols(a="real", b="positive")
    d.chain("log(b**2)").eq("log(b)*2", by.logarithms, number="paper:1")
    d.chain("log(b**2) + a").eq(side, *reasons)
    report = verify(d)
    return " ".join(remarks(report.lines()[-1], tags(report)))


def test_a_wrong_reason_names_what_would_do():
    assert "this would do: logarithms" in said("a + 2*log(b)", by.algebra)


def test_a_refuted_line_has_its_counterexample():
    assert "counterexample: " in said("2*log(b)", by.logarithms)


def test_a_reason_that_is_not_needed_is_named_as_print_names_it():
    assert "not needed: line paper:1" in said("a + 2*log(b)", by.logarithms, by.line("1"))


def test_a_line_that_stands_says_nothing():
    assert said("a + 2*log(b)", by.logarithms) == ""
