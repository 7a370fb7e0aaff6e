from collections.abc import Iterator

import pytest

from tests.cluster.site import Site, User, make_site
from tests.labs.cluster import Cluster


@pytest.fixture(scope="module")
def site(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A home of the module's own."""
    return make_site(tmp_path_factory.mktemp("site"), cluster)


@pytest.fixture(scope="module")
def user(site: Site) -> Iterator[User]:
    """The user of a server that serves all tests of the module."""
    with site.serving() as user:
        yield user
    site.cluster.slurm.run("scancel", "--me")  # what a failed test left
