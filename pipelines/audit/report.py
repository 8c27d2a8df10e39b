"""The audit of one candidate or release, and its findings for people.

What belongs here: which folders are read and how findings are told. What does not: the attacks.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipelines.audit.attacks import attack
from pipelines.audit.evidence import Finding, read_releases, releases_before
from pipelines.audit.files import file_findings

MOST = 20


@dataclass(frozen=True)
class Audit:
    """What the attacker tried and found."""

    folder: Path
    n_cells: int
    n_hidden: int
    n_earlier: int
    findings: tuple[Finding, ...]

    @property
    def text(self) -> str:
        """For people: the verdict first, then up to twenty findings."""
        lines = [
            f"{self.folder.name}: {self.n_cells:,} cells, {self.n_hidden:,} hidden; "
            f"{self.n_earlier} earlier releases beside it."
        ]
        if not self.findings:
            lines.append("No hidden value can be worked out more narrowly than promised.")
            return "\n".join(lines)
        lines.append(f"{len(self.findings):,} ways to work out what is hidden:")
        lines += [f"  {f.attack}: {f.sentence}" for f in self.findings[:MOST]]
        if len(self.findings) > MOST:
            lines.append(f"  and {len(self.findings) - MOST:,} more")
        return "\n".join(lines)


def audit_release(folder: Path, releases: Path) -> Audit:
    """Attack the release in `folder`, with every earlier one under `releases` at hand."""
    evidence, *before = read_releases([folder, *releases_before(folder, releases)])
    n_cells = sum(evidence.n_metrics(key[0]) for key in evidence.cells)
    hidden = sum(evidence.n_metrics(c.key[0]) for c in evidence.cells.values() if c.is_hidden)
    found = attack(evidence, before)
    if evidence.publication["suppression"] == "thresholds":
        found += file_findings(evidence)
    findings = tuple(dict.fromkeys(found))
    return Audit(folder, n_cells, hidden, len(before), findings)
