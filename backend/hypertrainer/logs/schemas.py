from datetime import datetime

from pydantic import BaseModel, Field


class LogFile(BaseModel):
    """One text file of a task."""

    name: str
    size: int = Field(description="bytes")
    modified_at: datetime


class LogList(BaseModel):
    """The text files of a task: standard output and error first, then by name."""

    items: list[LogFile]


class LogSlice(BaseModel):
    """The text of the bytes `[offset, next_offset)` of a log, cut between characters."""

    text: str = Field(description="bytes that are not UTF-8 are shown as U+FFFD")
    offset: int = Field(
        description="where the text starts; not before the offset asked for, "
        "unless the file is shorter than that"
    )
    next_offset: int = Field(description="where the next slice starts")
    size: int = Field(description="bytes in the file when it was read")
    is_complete: bool = Field(description="the slice reached the end of the file")


class LogLines(BaseModel):
    """A page of lines, each drawn as a terminal would show it; the first line is number 0."""

    lines: list[str]
    start: int = Field(description="number of the first line of the page")
    total: int = Field(description="lines in the file; an unfinished last line counts")
    size: int = Field(description="bytes covered by `total`: follow from here")


class LogSearch(BaseModel):
    """The lines of a whole log that match a pattern; the first line is number 0."""

    lines: list[int] = Field(description="numbers of the first 1,000 matching lines")
    total: int = Field(description="matching lines in the part that was searched")
    bytes_searched: int
    size: int = Field(description="bytes in the file when the search began")
    is_complete: bool = Field(description="false when the time limit ended the search")
