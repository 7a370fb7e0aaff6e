"""The home there takes the place of `~/`, in words and in YAML."""

import pytest
from ruamel.yaml import YAML

from hypertrainer.platforms.base import JobSpec
from hypertrainer.platforms.home import at_home
from hypertrainer.tasks.config import Config


@pytest.mark.parametrize("text", ["a: 1\r\ntraining:\r\n  lr: 0.1\r\n", "{training: {lr: 1}}"])
@pytest.mark.parametrize("home", ["/home/ada", '/home/it\'s "DOMAIN\\ünï"'])
@pytest.mark.parametrize("output", ["~/runs", '~/it\'s: "odd" #\\ ' + "and long " * 20])
def test_a_config_names_the_folder_there_whatever_stands_in_its_name(
    text: str, home: str, output: str
) -> None:
    folder = f"{output}/task-1"
    config = Config.read(text).for_task(folder).text().encode()
    job = at_home(JobSpec("h1", 1, folder, ("x", folder), files={"config.yaml": config}), home)
    there = f"{home}/{folder.removeprefix('~/')}"
    assert (job.folder, job.command) == (there, ("x", there))
    seen = YAML(typ="safe").load(job.files["config.yaml"].decode())
    assert (seen["output_path"], seen["training"]["output_path"]) == (there, there)
