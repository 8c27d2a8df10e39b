"""How work on a program's state begins, whoever starts it: alone, and with nothing half done.

What belongs here: the lock, and finishing what a killed process left. What does not: the work.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.home_owner import claim_home
from pipelines.landing import sweep
from pipelines.privacy.erasure import read_erasures
from pipelines.privacy.secret import Secret, load_secret
from pipelines.run_lock import is_held_here, run_lock
from pipelines.settings import Settings


@contextmanager
def alone(settings: Settings) -> Iterator[Secret]:
    """Work alone for the block; yields the pseudonym secret in use.

    What a killed process left is done first: half-written batches, a severing, an erasure. A run
    that a command of this process starts is part of its work. Raises RunLockedError while another
    process works, and CrossvoiceError when the home is another program's or the secret cannot be
    used.
    """
    if is_held_here(settings.lock):
        yield load_secret(settings)
        return
    with run_lock(settings.lock):
        claim_home(settings)
        sweep(settings.landing)
        secret = load_secret(settings)
        _finish_severing(settings, secret)
        _finish_forgetting(settings, secret)
        yield secret


def _finish_severing(settings: Settings, secret: Secret) -> None:
    if secret.severing is None:
        return
    from pipelines.rotation import finish  # noqa: PLC0415 - imports the data libraries

    finish(settings, secret)


def _finish_forgetting(settings: Settings, secret: Secret) -> None:
    if not read_erasures(settings, secret).is_pending:
        return
    from pipelines.forgetting import finish  # noqa: PLC0415 - imports the data libraries
    from pipelines.privacy.pseudonyms import Pseudonymizer  # noqa: PLC0415

    finish(settings, Pseudonymizer(secret))
