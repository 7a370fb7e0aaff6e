"""One seed per trial, so that any trial can be drawn again without drawing those before it."""

from hashlib import sha256


def trial_seed(search_seed: int, number: int) -> int:
    """The seed of a trial: 64 bits of SHA-256 over the search's seed and the trial's number."""
    digest = sha256(f"{search_seed}:{number}".encode()).digest()
    return int.from_bytes(digest[:8], "big")
