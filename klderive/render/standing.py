"""What a derivation stands on, as HTML: as a tree of what rests on what, then by kind.

Accepts a report and the references of its page. The tree is a list in lists, so that a screen reader says how deep an
item stands and a telephone has room for it.
"""

from __future__ import annotations

from html import escape

from klderive.notation import to_mathml
from klderive.render.dependence import Dependence, dependences
from klderive.render.formulas import stated
from klderive.render.markup import element
from klderive.render.references import References
from klderive.render.summary import TOGETHER, condition_words, supports_by_kind, together
from klderive.verify import Report, Support


def standing(report: Report, references: References) -> str:
    """The sections of a page on what rests on what, and on what the whole stands."""
    page = _Standing(report, references)
    return "\n".join(filter(None, (page.tree(), page.kinds())))


class _Standing:
    """The sections in the making."""

    def __init__(self, report: Report, references: References) -> None:
        self.report = report
        self.references = references
        self.words = references.words
        self.scope = report.derivation.scope

    # What rests on what

    def tree(self) -> str:
        """The section with the tree."""
        roots = dependences(self.report)
        if not roots:
            return ""
        rows = [element("h2", "What rests on what"), self.listed(roots[:1])]
        if roots[1:]:
            rows += [element("h3", "On their own"), self.listed(roots[1:])]
        return element("section", "\n".join(rows), class_="dependence")

    def listed(self, items: tuple[Dependence, ...]) -> str:
        """Statements as a list, with what they need below each."""
        return element("ul", "\n".join(map(self.item, items)), role="list")

    def item(self, item: Dependence) -> str:
        """A statement, what it says, the lines that need it, and what it needs."""
        shown = element("span", self.named(item), class_="called")
        if item.relation is not None:
            shown += element("div", to_mathml(item.relation, self.scope), class_="formula")
        needed = self.needed_for(item)
        if needed:
            shown += element("span", needed, class_="needed")
        kind = item.kind if item.kind in ("rules", "conditions") else ""
        below = self.listed(item.below) if item.below else ""
        return element("li", element("div", shown, class_="row") + below, class_=kind)

    def named(self, item: Dependence) -> str:
        """What a statement is called, as a link to where it stands."""
        references = self.references
        match item.kind:
            case "conditions":
                return f"conditions at {references.lines(item.lines)}"
            case "rules":
                return self.words.html(f"by {item.name}")
            case "lemma":
                return references.cited(item.name)
            case "lines":
                return references.lines((item.label,))
            case "axiom" | "hypothesis":
                return f"{item.kind} {self.said_or_stated(item.name)}"
        name = self.words.html(item.name)
        return f"{name}, {references.lines((item.label,))}" if item.label else name

    def needed_for(self, item: Dependence) -> str:
        """What there is to say of a statement beside what it says, and the lines that need it."""
        said = [self.words.html(item.qualification(self.words.formula, "→"))]
        if not item.established:
            said.append(element("strong", "not established"))
        if item.lines and item.kind != "conditions":
            said.append(f"needed by {self.references.lines(item.lines)}")
        if item.support is not None and item.support.derived_in:
            said.append(f"derived in {self.references.other(item.support.derived_in)}")
        if item.unfolded != "here":
            said.append(f"what it needs stands {item.unfolded}")
        return "; ".join(filter(None, said))

    # By kind

    def kinds(self) -> str:
        """What the derivation stands on, by kind, each with links to the lines that need it."""
        groups = supports_by_kind(self.report)
        rows = [element("h2", "What it stands on")]
        if not groups:
            rows.append(element("p", "It stands on nothing but its definitions."))
        for heading, supports in groups.items():
            rows.append(element("h3", heading))
            rows.append(element("ul", "\n".join(map(self.support, supports))))
        words = together(self.report)
        if words:
            rows += [element("h3", TOGETHER), element("p", self.words.html(words))]
        return element("section", "\n".join(rows), class_="supports")

    def support(self, support: Support) -> str:
        """One support: what it says, under which conditions, from where, who needs it."""
        shown = self.supported(support)
        if support.source:
            shown += " " + element("span", f"[{escape(support.source)}]", class_="source")
        if support.derived_in:
            shown += f", derived in {self.references.other(support.derived_in)}"
        rows = [element("p", shown)]
        if support.statement:
            rows.append(element("p", self.said_or_stated(support.statement)))
        for condition in support.conditions:
            rows.append(element("p", self.words.html(f"provided that {condition}")))
        rows.append(element("p", self.needed(support), class_="needed"))
        return element("li", "".join(rows))

    def supported(self, support: Support) -> str:
        """What a support says, as formulas where it is one."""
        if support.kind == "condition":
            for condition in self.report.conditions():
                if str(condition) == support.text:
                    shown = self.words.expression
                    words = condition_words(condition, shown, nonzero=" ≠ 0", positive=" > 0")
                    return self.words.html(words)
        return self.said_or_stated(support.text)

    def needed(self, support: Support) -> str:
        """The lines that need a support, and those that need it through others."""
        if not support.lines and not support.paths:
            return "no step uses it"
        references = self.references
        lines = references.lines(support.lines)
        paths = []
        for path in support.paths:
            first, *way = path.split(" <- ")
            paths.append(" ← ".join([references.lines((first,)), *map(references.cited, way)]))
        through = f"{'; ' if lines else ''}through others by {'; '.join(paths)}" if paths else ""
        return f"needed by {lines}{through}" if lines else f"needed {through}"

    def said_or_stated(self, words: str) -> str:
        """A relation or an application as a formula, everything else as words."""
        relation = stated(words)
        if relation is None:
            return self.words.html(words)
        return to_mathml(relation, self.scope, display=False)
