"""The promise, and whether what can be worked out keeps it.

What belongs here: the promise in numbers, the systems of equations that hang together, and the test
of each. What does not: choosing what else to hide (privacy.complementary).

The promise, for every group of fewer people than the threshold:
1. No total over it, alone or joined only with other such groups, can be worked out, unless the
   people in that total reach the threshold (one more where one of them is alone in a cell and
   so knows one term).
2. Somebody who knows every count still cannot place its mean within less than PROTECTION of the
   scale.
3. Its count has at least threshold - 1 possible values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace

from pipelines.privacy.blocks import Block, Earlier, Measure
from pipelines.privacy.bounds import System, first_too_narrow
from pipelines.privacy.equations import Equation, components, readings, readings_of_movers
from pipelines.privacy.known_groups import small_known_group


@dataclass(frozen=True)
class Broken:
    """One equation that says too much: hiding one more group inside its total mends it."""

    block: Block
    measure: Measure
    equation: Equation


def broken_promises(
    blocks: Iterable[tuple[Block, set[int]]], cache: dict | None = None
) -> list[Broken]:
    """Every equation that breaks the promise, given the hidden nodes of each block."""
    found: list[Broken] = []
    waiting: list[tuple[Block, System]] = []
    for block, hidden in blocks:
        for measure, rows in _readings(block, hidden):
            small = _small(block, measure, rows)
            found += [Broken(block, measure, row) for row in small]
            said = {row.atoms for row in small}
            sensitive = sensitive_groups(block, measure, hidden, rows)
            for system in _systems(block, measure, hidden, rows, sensitive):
                if any(row.atoms in said for row in system.equations):
                    continue
                waiting.append((block, system))
    for (block, system), group in zip(
        waiting, _too_narrow([s for _, s in waiting], cache), strict=True
    ):
        row = None if group is None else to_mend(system, group)
        if row is not None:
            found.append(Broken(block, system.measure, row))
    return found


def _small(block: Block, measure: Measure, rows: Iterable[Equation]) -> list[Equation]:
    """Equations over too few people, unless nothing that is hidden now takes them back."""
    return [
        row for row in rows
        if not row.is_past_mending and _tells_a_small_group(block, measure, row)
    ]  # fmt: skip


def told_beside_movers(block: Block, hidden: set[int]) -> list[Broken]:
    """Totals of too few people for who knows who stayed, came and went in each place.

    Totals only: intervals there would take longer than all others together.
    """
    return [
        Broken(block, measure, row)
        for measure in block.measures
        for earlier, rows in readings_of_movers(block, measure, hidden)
        for row in _beside(block, measure, hidden, rows, earlier)
    ]


def _beside(
    block: Block, measure: Measure, hidden: set[int], rows: list[Equation], earlier: Earlier
) -> list[Equation]:
    movers, measure = earlier.movers, replace(measure, is_in=earlier.is_in)
    found = _small(block, measure, rows)
    said = {row.atoms for row in found}
    groups = sensitive_groups(block, measure, hidden, rows, movers)
    for system in _systems(block, measure, hidden, rows, groups):
        if any(row.atoms in said for row in system.equations):
            continue
        group = small_known_group(system, movers)
        if group is not None and (row := to_mend(system, group)) is not None:
            found.append(row)
    return found


def to_mend(system: System, group: Set[int]) -> Equation | None:
    """The equation by which a group is best freed; None where earlier releases tell it alone."""
    rows = [e for e in system.equations if not e.is_past_mending]
    near = [e for e in rows if e.atoms & group]
    return min(near or rows, key=lambda e: len(e.atoms), default=None)


def _readings(block: Block, hidden: set[int]) -> Iterator[tuple[Measure, list[Equation]]]:
    for measure in block.measures:
        for rows in readings(block, measure, hidden):
            yield measure, rows


def tied_atoms(block: Block, hidden: set[int]) -> dict[int, frozenset[int]]:
    """Atom -> the atoms that equations of any metric tie it to, given the hidden nodes."""
    rows = [e for _, reading in _readings(block, hidden) for e in reading]
    home = components(rows)
    together: dict[int, set[int]] = {}
    for atom, number in home.items():
        together.setdefault(number, set()).add(atom)
    frozen = {number: frozenset(atoms) for number, atoms in together.items()}
    return {atom: frozen[number] for atom, number in home.items()}


def sensitive_groups(
    block: Block, measure: Measure, hidden: set[int], rows: Iterable[Equation],
    movers: frozenset[int] = frozenset(),
) -> list[frozenset[int]]:  # fmt: skip
    """Groups the promise is about: atoms and hidden cells of fewer people than the threshold."""
    unknown = {a for row in rows for a in row.atoms} - movers
    groups = {frozenset((a,)) for a in unknown if measure.people[a] < measure.threshold}
    there = {int(a) for a in measure.answers.nonzero()[0]}
    for node in hidden:
        atoms = block.nodes[node] & there
        if (
            len(atoms) > 1
            and atoms <= unknown
            and _people(measure, atoms, None) < measure.threshold
        ):
            groups.add(atoms)
    for atoms in _of_earlier(block, measure).withheld:
        if atoms <= unknown and measure.people_of(atoms) < measure.threshold:
            groups.add(atoms)
    return sorted(groups, key=sorted)


def _of_earlier(block: Block, measure: Measure) -> Earlier:
    return block.earlier.get(measure.name) or Earlier()


def _tells_a_small_group(block: Block, measure: Measure, row: Equation) -> bool:
    repeats = row.repeats
    if repeats is None:
        cells = (c for c in block.cells_of_node[row.node] if measure.cells[c])
        repeats = min((measure.repeats[c] for c in cells), default=0)
    people = _people(measure, row.atoms, repeats)
    alone = len(row.atoms) > 1 and any(measure.people[a] <= 1 for a in row.atoms)
    return people < measure.threshold + alone


def _people(measure: Measure, atoms: Set[int], repeats: float | None) -> float:
    """At least so many people are in a group: a person can be in several atoms."""
    if repeats is None:
        return measure.people_of(atoms)
    return max(measure.answers_of(atoms) - repeats, *(measure.people[a] for a in atoms))


def hidden_systems(
    block: Block, measure: Measure, hidden: set[int], groups: list[frozenset[int]]
) -> list[System]:
    """Equations that share atoms, with those of the groups of atoms that they speak of."""
    found: list[System] = []
    for rows in readings(block, measure, hidden):
        unknown = {a for row in rows for a in row.atoms}
        found += _systems(block, measure, hidden, rows, [g for g in groups if g <= unknown])
    return found


def _systems(
    block: Block,
    measure: Measure,
    hidden: set[int],
    rows: list[Equation],
    sensitive: list[frozenset[int]],
) -> list[System]:
    """Equations that share atoms, with the sensitive groups they speak of."""
    home = components(rows)
    grouped: dict[int, list[Equation]] = {}
    for row in rows:
        grouped.setdefault(home[next(iter(row.atoms))], []).append(row)
    targets: dict[int, list[frozenset[int]]] = {}
    for group in sensitive:
        # a group that lies in several systems is as free as its freest part
        roots = {home[atom] for atom in group}
        if len(roots) == 1:
            targets.setdefault(roots.pop(), []).append(group)
    return [
        System(measure, tuple(grouped[root]), tuple(groups)) for root, groups in targets.items()
    ]


def _too_narrow(systems: list[System], cache: dict | None) -> list[frozenset[int] | None]:
    """For each system the first group that is placed too narrowly, or None."""
    memory = {} if cache is None else cache
    keys = [s.key for s in systems]
    for key, system in zip(keys, systems, strict=True):
        if key not in memory:
            memory[key] = small_known_group(system) or first_too_narrow(system)
    return [memory[k] for k in keys]
