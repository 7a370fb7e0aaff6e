"""One seed per trial, so that any trial can be drawn again without drawing those before it."""

from hashlib import sha256


def trial_seed(search_seed: int, number: int, attempt: int = 0) -> int:
    """The seed of a trial: 64 bits of SHA-256 over the search's seed and the trial's number.

    Args:
        search_seed: the search's.
        number: the trial's, from 0.
        attempt: how many points were drawn for it before, and rejected.
    """
    text = f"{search_seed}:{number}:{attempt}" if attempt else f"{search_seed}:{number}"
    return _number(text)


def sequence_seed(search_seed: int) -> int:
    """The seed of what all trials of a search share: a scrambled sequence, a shuffled grid."""
    return _number(f"{search_seed}:sequence")


def _number(text: str) -> int:
    return int.from_bytes(sha256(text.encode()).digest()[:8], "big")
