"""Regions, locations, teams and the names people use for them.

Belongs here: codes, names and aliases. Does not belong here: when a unit lives or who works in
it (`organization`).
"""

from dataclasses import dataclass

import numpy as np

from pipelines.demo.plan import Plan

REGION_NAMES = ("North", "South", "West", "East", "Central", "Islands")
REGION_LANGUAGES = ("en", "de", "fr", "en", "de", "es")
_STARTS = [
    "Ald",
    "Bran",
    "Cor",
    "Dun",
    "Elm",
    "Fen",
    "Gar",
    "Hal",
    "Ing",
    "Kes",
    "Lan",
    "Mar",
    "Nor",
    "Ost",
    "Pel",
    "Rav",
    "Sel",
    "Tor",
    "Ul",
    "Ver",
    "Wes",
    "Yar",
    "Zel",
    "Bü",
]
_ENDS = [
    "bury",
    "ford",
    "mouth",
    "ham",
    "ton",
    "wick",
    "field",
    "dorf",
    "ville",
    "stein",
    "port",
    "beck",
    "gate",
    "mar",
    "lund",
    "é",
]
_TEAM_KINDS = [
    "Service Desk",
    "Front Office",
    "Checkout",
    "Repairs",
    "Advice",
    "Deliveries",
    "Accounts",
    "Returns",
    "Reception",
    "Installations",
    "Fresh Counter",
    "Night Shift",
]
_DASHES = ("-", "\u2013", "\u2010", "\u2011")


@dataclass(frozen=True)
class Places:
    """Parallel tuples by index; `location_region` and `team_location` point upward."""

    region_codes: tuple[str, ...]
    region_names: tuple[str, ...]
    location_codes: tuple[str, ...]
    location_names: tuple[str, ...]
    location_region: np.ndarray
    team_codes: tuple[str, ...]
    team_names: tuple[str, ...]
    team_location: np.ndarray

    def aliases(self) -> list[tuple[str, int]]:
        """Every approved alias with the location it means."""
        rows = []
        for index, name in enumerate(self.location_names):
            rows += [(alias, index) for alias in self.aliases_of(index, name)]
        return rows

    def aliases_of(self, index: int, name: str) -> list[str]:
        """The approved aliases of one location."""
        kind = "HQ" if index == 0 else "Store"
        short = name.replace("New ", "N").replace("Great ", "G")[:3].upper()
        return [name, f"{name} {kind}", f"{short}-{index + 1:02d}", f"store {index + 1:04d}"]

    def spellings(self, index: int) -> list[str]:
        """A location as feedback files spell it: code, stripped code, alias, with stray marks."""
        code = self.location_codes[index]
        name, long, short, store = self.aliases_of(index, self.location_names[index])
        dash = _DASHES[index % len(_DASHES)]
        return [
            code,
            code,
            "L" + code[1:].lstrip("0"),
            code.lower(),
            name,
            long,
            long.upper(),
            f" {long} ",
            short,
            short.replace("-", dash),
            store,
            store.title().replace(" ", "\u00a0"),
        ]


def make_places(plan: Plan, new_teams: int) -> Places:
    """Invent regions, locations and teams; the last `new_teams` codes wait for reorganisations."""
    rng = plan.rng("places")
    spare = rng.multinomial(
        plan.teams - 2 * plan.locations, np.full(plan.locations, 1 / plan.locations)
    )
    team_location = np.repeat(np.arange(plan.locations), 2 + spare)
    kinds = rng.permutation(len(_TEAM_KINDS))
    towns = _towns(rng, plan.locations)
    names: list[str] = []
    seen: dict[int, int] = {}
    for location in team_location.tolist():
        seen[location] = seen.get(location, -1) + 1
        kind = _TEAM_KINDS[kinds[(location + seen[location]) % len(kinds)]]
        series = seen[location] // len(kinds) + 1
        names.append(f"{towns[location]} {kind}" + (f" {series}" if series > 1 else ""))
    width = max(3, len(str(plan.teams + new_teams)))
    location_width = max(3, len(str(plan.locations)))
    return Places(
        region_codes=tuple(f"R{i + 1:02d}" for i in range(plan.regions)),
        region_names=REGION_NAMES[: plan.regions],
        location_codes=tuple(f"L{i + 1:0{location_width}d}" for i in range(plan.locations)),
        location_names=tuple(towns),
        location_region=np.arange(plan.locations) % plan.regions,
        team_codes=tuple(f"T{i + 1:0{width}d}" for i in range(plan.teams + new_teams)),
        team_names=tuple(names),
        team_location=team_location,
    )


def _towns(rng: np.random.Generator, count: int) -> list[str]:
    base = [start + end for start in _STARTS for end in _ENDS]
    order = rng.permutation(len(base)).tolist()
    prefixes = ("", "New ", "Great ", "Upper ", "Lower ", "Old ")
    towns = [prefix + base[i] for prefix in prefixes for i in order]
    rounds = count // len(towns) + 1
    return [t if r == 0 else f"{t} {r + 1}" for r in range(rounds) for t in towns][:count]
