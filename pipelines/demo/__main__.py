"""Command line of the generator: `python -m pipelines.demo --out DIR`.

Belongs here: arguments and the closing lines. Does not belong here: any data.
"""

import argparse
import sys
from pathlib import Path

from pipelines.demo.company import generate


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pipelines.demo",
        description="Write the files of a made-up company, with its planted truth beside them.",
    )
    parser.add_argument("--out", type=Path, required=True, help="folder to write (replaced whole)")
    parser.add_argument("--seed", type=int, default=7, help="same seed, same bytes (default 7)")
    parser.add_argument("--locations", type=int, help="default 60, grows with the teams")
    parser.add_argument("--teams", type=int, help="default 300, grows with the rows asked for")
    parser.add_argument("--waves", type=int, default=12, help="monthly waves from 2025-01")
    parser.add_argument("--feedback-rows", type=int, help="lines in the feedback files")
    parser.add_argument("--survey-rows", type=int, help="item answers in the survey files")
    parser.add_argument(
        "--no-truth-rows",
        action="store_true",
        help="leave out the two truth files that have a row for every answer and event",
    )
    return parser


def main(argv: list[str] | None = None) -> int:
    """Generate and report; a refusal is one line on stderr and exit code 2."""
    arguments = _arguments().parse_args(argv)
    try:
        summary = generate(
            arguments.out,
            seed=arguments.seed,
            locations=arguments.locations,
            teams=arguments.teams,
            waves=arguments.waves,
            feedback_rows=arguments.feedback_rows,
            survey_rows=arguments.survey_rows,
            truth_rows=not arguments.no_truth_rows,
        )
    except (ValueError, FileExistsError) as problem:
        sys.stderr.write(f"demo: {problem}\n")
        return 2
    sys.stdout.write(summary.sentence() + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
