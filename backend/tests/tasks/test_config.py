"""The user's YAML: kept to the byte, edited in place, refused with line and column."""

import pytest

from hypertrainer.errors import FieldProblem, InvalidInput
from hypertrainer.platforms.base import Resources
from hypertrainer.tasks.config import Config

EXAMPLE = """\
# How the model is trained
training:
  learning_rate: 1e-3   # tuned by hand
  layers:
    - 64
    - 32
  # momentum: 0.9
optimizer: 'adam'

# Where it runs
resources: {gpus: 1, memory: 16G, time: 3:00:00}
"""


def problems_of(text: str) -> list[FieldProblem]:
    with pytest.raises(InvalidInput) as caught:
        Config.parse(text)
    return list(caught.value.fields)


def problem_of(text: str) -> FieldProblem:
    (problem,) = problems_of(text)
    return problem


def test_an_edit_leaves_comments_order_and_quotes() -> None:
    config = Config.parse(EXAMPLE)
    config.set("training.learning_rate", 1e-5)
    assert config.text() == EXAMPLE.replace("1e-3 ", "1.0e-05 ")


def test_a_list_of_lines_can_be_replaced_or_edited_item_by_item() -> None:
    config = Config.parse(EXAMPLE)
    config.set("training.layers.1", 16)
    assert config.get("training.layers") == [64, 16]
    config.set("training.layers", [8, 4])
    assert "  layers: [8, 4]\n  # momentum: 0.9\n" in config.text()


def test_a_key_is_added_below_its_section_s_own_comments() -> None:
    config = Config.parse(EXAMPLE)
    config.put("training.output_path", "/x")
    assert "  # momentum: 0.9\n  output_path: /x\noptimizer: 'adam'\n" in config.text()


def test_keys_can_be_added_in_braces_and_to_windows_files() -> None:
    task = Config.parse("{training: {}, a: 1}").for_task("/x")
    assert task.text() == "{output_path: /x, training: {output_path: /x}, a: 1}"
    task = Config.parse("training:\r\n  a: 1").for_task("/x")
    assert task.text() == "training:\r\n  a: 1\r\n  output_path: /x\r\noutput_path: /x"


def test_aliases_follow_what_they_refer_to() -> None:
    config = Config.parse("a: &rate 0.1\nb: *rate\n")
    config.set("a", 0.2)
    assert config.text() == "a: &rate 0.2\nb: *rate\n"
    assert config.find("b") == 0.2
    config.set("b", 0.3)
    assert config.text() == "a: &rate 0.2\nb: 0.3\n"


def test_a_merged_key_is_overridden_where_it_is_merged() -> None:
    config = Config.parse("base: &base {lr: 0.1}\nrun:\n  <<: *base\n  n: 1\n")
    assert config.get("run.lr") == 0.1
    config.set("run.lr", 0.2)
    assert config.text() == "base: &base {lr: 0.1}\nrun:\n  <<: *base\n  n: 1\n  lr: 0.2\n"
    assert (config.get("run.lr"), config.get("base.lr")) == (0.2, 0.1)


def test_a_value_of_a_section_taken_over_as_a_whole_is_not_set_behind_its_back() -> None:
    config = Config.parse("base: &base {lr: 0.1}\nrun: *base\n")
    with pytest.raises(InvalidInput, match=r"line 2 takes over as a whole"):
        config.set("run.lr", 0.2)


def test_a_path_that_is_not_there_names_the_closest() -> None:
    with pytest.raises(InvalidInput, match=r"Closest: `training.learning_rate`"):
        Config.parse(EXAMPLE).set("training.learnig_rate", 1)


def test_a_section_is_no_value() -> None:
    with pytest.raises(InvalidInput, match=r"`training` is a section.*learning_rate, layers"):
        Config.parse(EXAMPLE).set("training", 1)


def test_all_wrong_overrides_are_told_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        Config.parse(EXAMPLE).with_overrides({"trainin": 1, "optimizer": "sgd", "x.y": 2})
    assert [field.path for field in caught.value.fields] == ["overrides.trainin", "overrides.x.y"]


def test_overrides_are_checked_like_the_text() -> None:
    with pytest.raises(InvalidInput) as caught:
        Config.parse(EXAMPLE).with_overrides({"resources.gpus": -1})
    assert caught.value.fields[0].path == "resources.gpus"


def test_an_override_that_is_no_text_is_refused() -> None:
    with pytest.raises(InvalidInput, match="surrogate"):
        Config.parse(EXAMPLE).with_overrides({"optimizer": "\ud800"})


def test_parameters_are_flat_and_without_our_own_keys() -> None:
    text = EXAMPLE + "script: a.py\ncommand: [a]\noutput_path: /x\nhpsearch: {n_trials: 3}\n"
    assert Config.parse(text).for_task("/y").flat_params() == {
        "training.learning_rate": 0.001,
        "training.layers": [64, 32],
        "optimizer": "adam",
    }


def test_parameters_are_fit_for_json_and_databases() -> None:
    text = 'a: .nan\nb: -.inf\nc: 2001-02-03\nd: "\\0"\ne: 123456789012345678901\nf: [{g: 1}, 2]\n'
    params = Config.parse(text + f"long: {'x' * 2_000}\n").flat_params()
    assert params == {
        "a": "nan",
        "b": "-inf",
        "c": "2001-02-03",
        "d": "\ufffd",
        "e": "123456789012345678901",
        "f.0.g": 1,
        "f.1": 2,
        "long": "x" * 1_000,
    }


def test_no_more_than_two_thousand_parameters_are_kept() -> None:
    text = "".join(f"key{number}: 1\n" for number in range(2_100))
    assert len(Config.parse(text).flat_params()) == 2_000


@pytest.mark.parametrize(
    ("text", "line", "column", "part"),
    [
        ("", 1, 1, "empty"),
        ("# nothing\n", 1, 1, "empty"),
        ("- 1\n", 1, 1, "a list; it must be a mapping"),
        ("word\n", 1, 1, "a single value; it must be a mapping"),
        ("a: 1\nb: c: d\n", 2, 5, "check the indentation"),
        ("a:\n\tb: 1\n", 2, 1, "not with tabs"),
        ("a: 'b\n", 2, 1, "not closed"),
        ("a: 1\nb: 2\na: 3\n", 3, 1, "second time (first on line 1)"),
        ("a: 1\n---\nb: 2\n", 2, 1, "second document"),
        ("a: *b\n", 1, 4, "no anchor"),
        ("a: &a [*a]\n", 1, 8, "inside of what it refers to"),
        ("a: " + "[" * 100, 1, 53, "deeper than 50"),
        ("? [a]\n: 1\n", 1, 3, "key must be a word"),
        ("a: 1\nb: \x01\n", 2, 4, "no YAML"),
        ('a: "\\ud800"\n', 1, 4, "surrogate"),
    ],
)
def test_a_text_that_is_refused_tells_where(text: str, line: int, column: int, part: str) -> None:
    problem = problem_of(text)
    assert (problem.path, problem.line, problem.column) == ("config_text", line, column)
    assert part in problem.message


def test_a_billion_laughs_are_no_config() -> None:
    rows = (f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 20))
    assert "aliases written out" in problem_of("\n".join(["a0: &a0 [x]", *rows])).message


def test_a_large_text_is_refused_unread() -> None:
    assert "larger than" in problem_of("a: " + "x" * 1_048_576).message


def test_tags_are_never_executed() -> None:
    config = Config.parse("a: !!python/object/apply:os.getcwd []\nb: !env HOME\n")
    assert config.value_of() == {"a": [], "b": "HOME"}
    assert config.text() == "a: !!python/object/apply:os.getcwd []\nb: !env HOME\n"


def test_resources_are_read_in_the_units_of_schedulers() -> None:
    text = "resources: {gpus: 2, cpus: 4, memory: 1.5G, partition: gpu, account: 12, raw: --x}\n"
    assert Config.parse(text).resources == Resources(
        gpus=2, cpus=4, memory_bytes=3 * 2**29, partition="gpu", account="12", raw=("--x",)
    )


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("3:00:00", 10_800),
        ('"1-12:00:00"', 129_600),
        ("30:00", 1_800),
        ("90m", 5_400),
        ("1d2h", 93_600),
        ("45000", 45_000),
    ],
)
def test_time_limits_have_many_spellings(written: str, seconds: int) -> None:
    assert Config.parse(f"resources: {{time: {written}}}\n").resources.time_seconds == seconds


def test_num_gpus_is_another_word_for_gpus() -> None:
    assert Config.parse("num_gpus: 2\n").resources.gpus == 2
    assert "Keep one" in problem_of("num_gpus: 2\nresources: {gpus: 1}\n").message


def test_every_wrong_resource_is_told_with_its_place() -> None:
    text = "resources:\n  gpu: 1\n  cpus: 0\n  memory: 16\n  time: soon\n  raw: [1]\n"
    told = [(problem.path, problem.line) for problem in problems_of(text)]
    keys = ["gpu", "cpus", "memory", "time", "raw"]
    assert told == [(f"resources.{key}", line) for line, key in enumerate(keys, 2)]
    assert "Did you mean `gpus`?" in problems_of(text)[0].message


def test_the_words_of_a_command_stay_as_they_are_written() -> None:
    config = Config.parse('command: [run, --lr, 1e-3, "{script}", true]\n')
    assert config.command == ["run", "--lr", "1e-3", "{script}", "true"]
    assert config.with_overrides({"command.2": 0.5}).command == [
        "run", "--lr", "0.5", "{script}", "true",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("command: run {script}\n", "must be a list"),
        ("command: []\n", "must be a list"),
        ("command: [python, {script}]\n", 'Put the braces in quotes: `"{script}"`'),
        ("command: [a, [b]]\n", "Word 2"),
        ('command: [""]\n', "name a program"),
        ("script: [a]\n", "`script` must be one line"),
        ("output_root: here\n", "absolute path"),
        ("output_root: ~nobody-of-this-name/x\n", "absolute path"),
        ("output_path: {a: 1}\n", "is a section"),
        ("resources: many\n", "must be a section"),
    ],
)
def test_our_own_keys_are_checked(text: str, part: str) -> None:
    assert part in problem_of(text).message


def test_a_search_is_told_from_the_config_of_a_trial() -> None:
    assert Config.parse("hpsearch: {n_trials: 1}\n").is_search
    assert not Config.parse("hpsearch:\na: 1\n").is_search
    child = Config.parse("hpsearch: {n_trials: 1, is_child: true}\n")
    assert (child.is_child, child.is_search) == (True, False)


def test_a_value_s_line_can_be_looked_up() -> None:
    config = Config.parse(EXAMPLE)
    assert config.line_of("training.layers.1") == 6
    assert config.line_of("training.nothing") is None
