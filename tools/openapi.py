"""Prints the API's description, from the code alone: nothing is opened, nobody is asked."""

import json
import sys
from pathlib import Path

from hypertrainer.app import create_app, create_services
from hypertrainer.security.access import AccessPolicy
from hypertrainer.settings import Settings

NOWHERE = Path("/nonexistent")


def main() -> None:
    """Write the description to standard output, readable and the same on every machine."""
    settings = Settings(home=NOWHERE, output=NOWHERE / "output", path=(), database_url="")
    policy = AccessPolicy(token="", cookie_name="", hosts=frozenset())
    app = create_app(create_services(settings), policy, has_loops=False)
    sys.stdout.write(json.dumps(app.openapi(), indent=2, ensure_ascii=False) + "\n")


main()
