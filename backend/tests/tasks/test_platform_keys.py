"""`platforms:` in a config: values that are others on some platforms."""

import pytest

from hypertrainer.errors import InvalidInput
from hypertrainer.tasks.config import Config

TEXT = """\
data:
  path: /data/mnist   # here
workers: 4
resources: {cpus: 4}
platforms:
  beluga:
    overrides:
      data.path: /scratch/alice/mnist
      resources.time: 1h
      output_root: ~/scratch/runs
  lab: {overrides: {data: {path: /mnt/data}, workers: 8}}
"""


def test_a_platform_s_values_take_the_place_of_the_others_and_the_rest_stays() -> None:
    config = Config.parse(TEXT).for_platform("beluga")
    assert config.find("data.path") == "/scratch/alice/mnist"
    assert config.text().startswith("data:\n  path: /scratch/alice/mnist   # here\nworkers: 4\n")
    assert config.resources.time_seconds == 3600
    assert config.remote_root == "~/scratch/runs"


def test_sections_may_be_written_as_such() -> None:
    config = Config.parse(TEXT).for_platform("lab")
    assert (config.find("data.path"), config.find("workers")) == ("/mnt/data", 8)


def test_a_platform_without_values_changes_nothing() -> None:
    config = Config.parse(TEXT)
    assert config.for_platform("local").text() == TEXT
    assert Config.parse("a: 1\nplatforms: {x: }\n").for_platform("x").find("a") == 1


def test_they_are_no_parameters_of_the_script() -> None:
    assert Config.parse(TEXT).flat_params() == {"data.path": "/data/mnist", "workers": 4}


@pytest.mark.parametrize(
    ("text", "path", "line", "part"),
    [
        ("platforms: 3\n", "platforms", 1, "must be a section"),
        ("platforms:\n  x: [1]\n", "platforms.x", 2, "must be a section"),
        ("platforms:\n  x:\n    overides: {a: 1}\n", "platforms.x.overides", 3, "`overrides`?"),
        ("platforms:\n  x: {overrides: 1}\n", "platforms.x.overrides", 2, "must be a section"),
        (
            "platforms:\n  x:\n    overrides:\n      output_path: /a\n",
            "platforms.x.overrides.output_path",
            4,
            "cannot be overridden",
        ),
    ],
)
def test_a_wrong_shape_is_told_with_its_line_whatever_the_platform(
    text: str, path: str, line: int, part: str
) -> None:
    for step in (Config.parse, lambda text: Config.read(text).for_platform("other")):
        with pytest.raises(InvalidInput) as caught:
            step(text)
        (problem,) = caught.value.fields
        assert (problem.path, problem.line) == (path, line)
        assert part in problem.message


def test_a_value_without_a_place_is_told_with_its_line_and_the_closest() -> None:
    text = TEXT.replace("data.path: /scr", "data.pth: /scr")
    with pytest.raises(InvalidInput) as caught:
        Config.parse(text).for_platform("beluga")
    (problem,) = caught.value.fields
    assert (problem.path, problem.line) == ("platforms.beluga.overrides.data.pth", 8)
    assert "Closest: `data.path`" in problem.message
