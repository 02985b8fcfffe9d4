"""Time in the kernel for each step of the shipped derivations, once everything is imported.

Run with `make bench`; not part of the tests, since times depend on the machine.
"""

from statistics import median
from time import perf_counter

from klderive.library import load, names
from klderive.verify import verify

REPEATS = 5


def main() -> None:
    for name in names():
        derivation = load(name)
        seconds: dict[str, list[float]] = {}
        for _ in range(REPEATS):
            for label, taken in timed(derivation).items():
                seconds.setdefault(label, []).append(taken)
        middle = {label: 1000 * median(taken) for label, taken in seconds.items()}
        print(f"{name}: {sum(middle.values()):.1f} ms, {median(middle.values()):.2f} ms a step")
        for label in sorted(middle, key=lambda label: middle[label], reverse=True)[:5]:
            print(f"  {label:<6} {middle[label]:8.2f} ms")


def timed(derivation) -> dict[str, float]:
    """Seconds for each line, from one call of `progress` to the next."""
    marks: list[tuple[str, float]] = []
    verify(derivation, progress=lambda line: marks.append((line.label, perf_counter())))
    ends = [start for _, start in marks[1:]] + [perf_counter()]
    return {label: end - start for (label, start), end in zip(marks, ends, strict=True)}


if __name__ == "__main__":
    main()
