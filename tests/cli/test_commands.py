"""The commands, in this process."""

import json

import pytest
from click.testing import CliRunner

from klderive.cli.commands import program

STATUSES = {"proved", "definition", "assumed", "wrong_reason", "refuted", "undecided"}
MINE = """\
from klderive import Derivation, by

d = Derivation("mine", title="Mine")
d.symbols(a="real", b="positive")
d.chain("(a + b)**2").eq("a**2 + 2*a*b + b**2", by.algebra, number="paper:1")
"""
FALSE = MINE + 'd.chain("(a - b)**2").eq("a**2 - b**2", by.algebra)\n'


@pytest.fixture
def run(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)

    def call(*arguments):
        return CliRunner().invoke(program, [str(argument) for argument in arguments])

    return call


@pytest.fixture
def mine(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(MINE)
    return path


@pytest.fixture
def false(tmp_path):
    path = tmp_path / "false.py"
    path.write_text(FALSE)
    return path


def test_what_json_wrote_is_checked_anew(run, mine, tmp_path):
    path = tmp_path / "report.json"
    path.write_text(run("verify", mine, "softmax", "--json").output)
    result = run("verify", path)
    assert result.exit_code == 0
    assert [row.split()[1] for row in result.output.splitlines()] == ["mine", "softmax"]
    path.write_text(path.read_text().replace("2*a*b", "3*a*b"))
    result = run("verify", path, "--width", 300)
    assert result.exit_code == 1
    assert "report.json:1, derivation.content[2]" in result.output
    assert run("show", path, "--format", "latex").exit_code == 0


def test_theories_are_chosen_by_name(run, tmp_path):
    path = tmp_path / "slope.py"
    path.write_text(MINE + 'd.chain("Diff(a**2, a)").eq("2*a", by.algebra)\n')
    assert run("verify", path).exit_code == 0
    assert run("verify", path, "--theories", "derivatives, parity").exit_code == 0
    result = run("verify", path, "--theories", "none")
    assert result.exit_code == 1
    assert "no rule for ∂/∂a (a²)" in result.output
    result = run("verify", path, "--theories", "derivative")
    assert result.exit_code == 2
    assert "no theory `derivative`. Did you mean `derivatives`?" in " ".join(result.output.split())


@pytest.mark.parametrize("text", ["", "[", "{}", '{"name": 1}', "\0", '"x"', "[" * 50_000])
def test_a_bad_json_file_exits_2(run, tmp_path, text):
    path = tmp_path / "bad.json"
    path.write_text(text)
    result = run("verify", path)
    assert result.exit_code == 2
    assert "bad.json" in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", [[], ["list"], ["show"], ["verify"], ["axioms"], ["errata"]])
def test_help_has_examples(run, command):
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert "Example" in result.output
    assert "klderive " in result.output


def test_list(run):
    result = run("list")
    assert result.exit_code == 0
    rows = dict(line.split(maxsplit=1) for line in result.output.splitlines())
    assert rows["gaussian-l2"] == "On the relation of learning Gaussian and the L2 loss"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["shwo", "gaussian-l2"], "Did you mean show?"),
        (["nonsense"], "There are axioms, errata, list, "),
        (["show"], "Missing argument"),
        (["show", "gausian-l2"], "Did you mean gaussian-l2?"),
        (["show", "gaussian-l2", "--lemma", "T3"], "It has T1, T2."),
        (["show", "gaussian-l2", "--width", "10"], "range"),
        (["show", "gaussian-l2", "--standalone"], "--format latex"),
        (["show", "gaussian-l2", "--formt", "latex"], "--format"),
        (["show", "no/such/file.py"], "no such file"),
        (["verify"], "--all"),
        (["verify", "--all", "gaussian-l2"], "not both"),
        (["verify", "gausian-l2"], "Did you mean gaussian-l2?"),
        (["axioms", "gausian-l2"], "Did you mean gaussian-l2?"),
    ],
)
def test_wrong_usage_exits_2(run, arguments, words):
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in result.output
    assert "Traceback" not in result.output


def test_show(run):
    result = run("show", "gaussian-l2")
    assert result.exit_code == 0
    assert "gauss:34" in result.output
    assert "\x1b" not in result.output


def test_show_a_lemma(run):
    result = run("show", "gaussian-l2", "--lemma", "T2")
    assert "gauss:22" in result.output
    assert "gauss:21" not in result.output
    assert "gauss:31" not in result.output


def test_show_a_file_that_fails_still_shows(run, false):
    result = run("show", false)
    assert result.exit_code == 0
    assert "✗" in result.output
    assert "1 refuted" in result.output


def test_show_writes_a_file(run, mine, tmp_path):
    target = tmp_path / "out.tex"
    result = run("show", mine, "--format", "latex", "--output", target)
    assert result.exit_code == 0
    assert result.output == ""
    assert r"\begin{align*}" in target.read_text("utf-8")
    assert run("show", mine, "--output", tmp_path / "no" / "dir").exit_code == 2


def test_color_on_demand(run):
    colored = run("show", "gaussian-l2", "--color", "always").output
    assert "\x1b[" in colored


def test_verify(run):
    result = run("verify", "gaussian-l2")
    assert result.exit_code == 0, result.output
    assert "gaussian-l2  verified" in result.output


def test_verify_all(run):
    result = run("verify", "--all")
    assert result.exit_code == 0, result.output


def test_verify_says_which_line_fails(run, mine, false):
    result = run("verify", mine, false)
    assert result.exit_code == 1
    assert "refuted" in result.output
    assert "false.py:6" in "".join(result.output.split())
    assert "mine  verified" in result.output


def test_unreadable_input_does_not_stop_the_others(run, mine):
    result = run("verify", "nowhere.py", mine)
    assert result.exit_code == 2
    assert "mine  verified" in result.output


def test_json(run, mine, false):
    result = run("verify", mine, false, "--json")
    assert result.exit_code == 1
    first, second = map(json.loads, result.stdout.splitlines())
    assert first["name"] == "mine"
    assert first["verified"] is True
    assert second["verified"] is False
    [step] = first["steps"]
    assert step["number"] == "paper:1"
    assert step["text"] == "(a + b)**2 = a**2 + 2*a*b + b**2"
    assert step["relation"] == "="
    assert step["reason"] == "algebra"
    assert step["status"] == "proved"
    assert step["conditions"] == []
    assert [step["status"] for step in second["steps"]] == ["proved", "refuted"]


def test_json_of_the_shipped_derivation(run):
    data = json.loads(run("verify", "gaussian-l2", "--json").stdout)
    steps = data["steps"]
    assert all(step["status"] in STATUSES for step in steps)
    assert len({step["label"] for step in steps}) == len(steps)
    assert {step["lemma"] for step in steps} == {None, "T1", "T2"}


def test_axioms(run):
    result = run("axioms", "gaussian-l2")
    assert result.exit_code == 0
    headings = [row for row in result.output.splitlines() if row and not row.startswith(" ")]
    assert "Cited facts" in headings
    assert "Definitions" in headings
    assert "mean of P_gt" in result.output
    assert "gauss:17" in result.output


ERRATUM = (
    MINE
    + """\
c = d.chain("(a - b)**2")
c.eq("a**2 - b**2", by.algebra, erratum="the mixed term is missing", number="paper:2")
c.eq("a**2 - 2*a*b + b**2", by.algebra, corrects="paper:2")
"""
)


def test_a_refuted_erratum_is_a_success(run, mine):
    mine.write_text(ERRATUM)
    result = run("verify", mine)
    assert result.exit_code == 0
    assert "2 steps: 2 proved; 1 erratum, as expected" in result.output
    [data] = map(json.loads, run("verify", mine, "--json").stdout.splitlines())
    assert data["verified"] is True
    assert data["counts"] == {"proved": 2}
    assert data["errata"] == {"refuted": 1, "not refuted": 0}
    step = data["steps"][1]
    assert step["status"] == "refuted"
    assert step["erratum"] == {"why": "the mixed term is missing", "corrected_by": ["3"]}
    assert data["steps"][2]["corrects"] == "paper:2"


def test_a_true_erratum_is_a_failure(run, mine):
    mine.write_text(ERRATUM.replace("a**2 - b**2", "a**2 + b**2 - 2*b*a"))
    result = run("verify", mine)
    assert result.exit_code == 1
    assert "erratum not refuted: paper:2" in result.output
    assert "this erratum is no longer refuted" in result.output
    assert run("errata", mine).exit_code == 1


def test_errata_are_listed_for_the_author(run, mine):
    mine.write_text(ERRATUM)
    result = run("errata", mine)
    assert result.exit_code == 0
    rows = [row.strip() for row in result.output.splitlines()]
    assert "Mine" in rows
    assert "paper:2" in rows
    assert "printed  (a − b)² = a² − b²" in rows
    assert "false    the mixed term is missing" in rows
    assert any(row.startswith("left side: ") for row in rows)
    assert any(row.startswith("difference: ") for row in rows)
    assert "right    (a − b)² = a² − 2a b + b²" in rows
    assert "line (3): proved" in rows


def test_no_errata(run, mine):
    result = run("errata", mine)
    assert result.exit_code == 0
    assert result.output == "No errata.\n"


def test_errata_of_the_shipped_derivations(run):
    assert run("errata").exit_code == 0


def test_relations_are_listed(run):
    result = run("list", "--relations")
    assert result.exit_code == 0, result.output
    rows = [row.split() for row in result.output.splitlines()]
    assert ["gauss:8", "proved", "gaussian-l2", "9"] in [row[:4] for row in rows]
    assert any(row[:1] == ["gauss:16b"] for row in rows)


def test_axioms_names_the_path_and_what_no_step_uses(run, mine):
    mine.write_text(
        MINE
        + """\
d.axiom("order", "any two numbers are equal", conditions=("they are small",), source="nobody")
d.hypothesis("idle")
e = d.chain("a").eq("b", by.axiom("order"), number="paper:2")
d.chain("2*a").eq("2*b", by.line(e))
"""
    )
    rows = [row.strip() for row in run("axioms", mine).output.splitlines()]
    at = rows.index("order  [nobody]")
    assert rows[at + 1 : at + 5] == [
        "any two numbers are equal",
        "provided that they are small",
        "needed by paper:2",
        "and by (3) <- line paper:2",
    ]
    assert rows[rows.index("idle") + 1] == "no step uses it"


def test_several_derivations_in_a_file(run, mine):
    mine.write_text(
        MINE + MINE.replace('"mine"', '"other"').replace("d =", "e =").replace("d.", "e.")
    )
    output = run("verify", mine).output
    assert "mine  verified" in output
    assert "other  verified" in output


def test_axioms_as_a_tree(run):
    result = run("axioms", "gaussian-l2", "--tree")
    assert result.exit_code == 0
    assert "├ lemma T1  ∫ P_gt log P_gt dx" in result.output
    assert run("axioms", "gaussian-l2", "--tree", "--width", "60").output.count("On their own") == 1


def test_a_derivation_where_a_command_should_stand(run):
    for name in ("gaussian-l2", "my.py"):
        result = run(name)
        assert result.exit_code == 2
        assert f"Did you mean `klderive show {name}`?" in result.output


def test_help_lists_the_commands_in_full(run):
    assert "..." not in run("--help").output.partition("Commands:")[2]


def test_what_is_not_verified_is_said_beside_the_axioms(run, tmp_path):
    path = tmp_path / "wrong.py"
    path.write_text(
        'from klderive import Derivation\nd = Derivation("w")\nd.symbols(a="real")\n'
        'd.chain("a").eq("a + 1")\n'
    )
    assert "Not verified: (1) does not stand." in run("axioms", path).output
    assert "Not verified" not in run("axioms", "gaussian-l2").output
