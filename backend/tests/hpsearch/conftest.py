"""What tests of searches and submissions may ask for."""

import pytest

from tests.api import Api
from tests.hpsearch.elsewhere import THERE


@pytest.fixture
def elsewhere(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """The platform in memory is not on this machine."""
    api.fake.has_local_output = False
    monkeypatch.setattr(api.fake, "output_root", lambda default: THERE)
