"""YAML texts of all shapes, for property tests."""

from collections.abc import Iterator
from io import StringIO
from typing import Any

from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import (
    DoubleQuotedScalarString,
    FoldedScalarString,
    LiteralScalarString,
    SingleQuotedScalarString,
)

KEYS = st.one_of(
    st.text("abcdef_", min_size=1, max_size=4),
    st.sampled_from(["lr", "with space", "a.b", "12", "true", "é", "training"]),
)
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r\x85\u2028\u2029\ufeff"))
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-(2**62), 2**62), st.floats(), WORDS)
STYLES = [SingleQuotedScalarString, DoubleQuotedScalarString]
BLOCKS = [LiteralScalarString, FoldedScalarString]
LINES = st.text("abc \n:#", min_size=1).filter(lambda text: text.strip())


def read(text: str, version: str = "1.2") -> Any:
    """What another parser makes of a text."""
    yaml = YAML(typ="safe", pure=True)
    if version != "1.2":
        yaml.version = version
    return yaml.load(text)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A mapping in block and flow style, with comments, quotes and blocks of text."""
    yaml = YAML()
    indent = draw(st.sampled_from([(2, 2, 0), (2, 4, 2), (4, 4, 2)]))
    yaml.indent(*indent)
    yaml.width = 10_000
    yaml.allow_unicode = draw(st.booleans())
    stream = StringIO()
    data = draw(sections(3))
    if draw(st.booleans()):
        data["training"] = draw(sections(2))
    yaml.dump(data, stream)
    text = "\n".join(_commented(draw, stream.getvalue()))
    if draw(st.booleans()):
        text = "---\n" + text
    if draw(st.booleans()):
        text += draw(st.sampled_from(["\n", "\n# the end\n", "\n# the end", "\n\n"]))
    return text if draw(st.booleans()) else text.replace("\n", "\r\n")


def _commented(draw: st.DrawFn, text: str) -> Iterator[str]:
    """Comments before some lines; not within blocks and quotes, where they would be text."""
    has_blocks = any(mark in text for mark in ("|", ">", '"', "'"))
    for line in text.splitlines():
        if not has_blocks and draw(st.integers(0, 5)) == 0:
            yield " " * (len(line) - len(line.lstrip())) + "# a comment: with a colon"
        yield line


@st.composite
def sections(draw: st.DrawFn, depth: int) -> CommentedMap:
    section = CommentedMap(draw(st.dictionaries(KEYS, values(depth), min_size=1, max_size=4)))
    if draw(st.integers(0, 4)) == 0:
        section.fa.set_flow_style()
    return section


def values(depth: int) -> st.SearchStrategy[Any]:
    """Scalars, and lists and sections of them."""
    plain = st.one_of(
        SCALARS, st.builds(lambda style, text: style(text), st.sampled_from(STYLES), WORDS)
    )
    blocks = st.builds(lambda style, text: style(text), st.sampled_from(BLOCKS), LINES)
    if depth == 0:
        return st.one_of(plain, blocks)
    return st.one_of(plain, blocks, sections(depth - 1), listings(depth - 1))


@st.composite
def listings(draw: st.DrawFn, depth: int) -> CommentedSeq:
    listing = CommentedSeq(draw(st.lists(values(depth), min_size=1, max_size=3)))
    if draw(st.booleans()):
        listing.fa.set_flow_style()
    return listing
