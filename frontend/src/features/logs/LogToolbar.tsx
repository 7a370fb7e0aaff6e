import { Loader, Switch, TextInput, UnstyledButton } from "@mantine/core";
import {
  IconArrowBarToDown,
  IconArrowBarToUp,
  IconChevronDown,
  IconChevronUp,
  IconDownload,
  IconRegex,
  IconSearch,
  IconTextWrap,
} from "@tabler/icons-react";
import { formatBytes, formatCount, plural } from "~/lib/format";
import { IconAction } from "~/ui/IconAction";
import classes from "./LogView.module.css";
import type { LogMeta } from "./source";
import type { LogSearch } from "./useLogSearch";

interface LogToolbarProps {
  name: string;
  meta: LogMeta;
  rawUrl: string;
  search: LogSearch;
  onStep: (by: 1 | -1) => void;
  isFollowing: boolean;
  onFollow: (isFollowing: boolean) => void;
  isWrapped: boolean;
  onWrap: (isWrapped: boolean) => void;
  onStart: () => void;
}

/** Search on the left; size, follow, wrap, jumps and download on the right. */
export function LogToolbar(props: LogToolbarProps) {
  const { name, meta, search, onStep, isFollowing, onFollow, isWrapped, onWrap } = props;
  const noMatch = search.found && search.found.matches.length > 0 ? undefined : "there is no match";
  return (
    <div className={classes.toolbar} role="toolbar" aria-label={`Tools for ${name}`}>
      <TextInput
        size="xs"
        className={classes.search}
        type="search"
        aria-label={`Search ${name}`}
        placeholder="Search the log"
        leftSection={<IconSearch size={14} aria-hidden />}
        rightSection={search.isBusy ? <Loader size={12} aria-label="Searching" /> : null}
        value={search.text}
        error={search.error !== null}
        onChange={(event) => search.setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") onStep(event.shiftKey ? -1 : 1);
          if (event.key === "Escape") search.setText("");
        }}
      />
      <IconAction
        label="Regular expression"
        size="sm"
        isPressed={search.isRegex}
        onClick={() => search.setIsRegex(!search.isRegex)}
      >
        <IconRegex size={15} />
      </IconAction>
      <IconAction label="Previous match" size="sm" disabledReason={noMatch} onClick={() => onStep(-1)}>
        <IconChevronUp size={16} />
      </IconAction>
      <IconAction label="Next match" size="sm" disabledReason={noMatch} onClick={() => onStep(1)}>
        <IconChevronDown size={16} />
      </IconAction>
      <span className={classes.count} role="status">
        {searchText(search)}
      </span>
      <span className={classes.spacer} />
      <span className={classes.size}>
        {plural(meta.lines, "line")} · {formatBytes(meta.size)}
      </span>
      <Switch
        size="xs"
        label="Follow"
        checked={isFollowing}
        onChange={(event) => onFollow(event.currentTarget.checked)}
      />
      <IconAction label="Wrap long lines" size="sm" isPressed={isWrapped} onClick={() => onWrap(!isWrapped)}>
        <IconTextWrap size={16} />
      </IconAction>
      <IconAction label="Go to the start" size="sm" onClick={props.onStart}>
        <IconArrowBarToUp size={16} />
      </IconAction>
      <IconAction label="Go to the end" size="sm" onClick={() => onFollow(true)}>
        <IconArrowBarToDown size={16} />
      </IconAction>
      <UnstyledButton
        component="a"
        href={props.rawUrl}
        download={name}
        aria-label={`Download ${name}`}
        title={`Download ${name}`}
        className={classes.download}
      >
        <IconDownload size={16} aria-hidden />
      </UnstyledButton>
    </div>
  );
}

/** "3 of 120", "120 matches", "1,000 of 5,400 listed", or why there are none. */
function searchText({ text, found, error, currentNumber }: LogSearch): string {
  if (!text) return "";
  if (error) return error;
  if (!found) return "";
  if (found.total === 0) return found.truncated ? "no match in the part that was searched" : "no match";
  const total =
    found.truncated && found.total <= found.matches.length
      ? `${formatCount(found.total)}+`
      : formatCount(found.total);
  return currentNumber === null
    ? `${total} ${found.total === 1 ? "line" : "lines"}`
    : `${formatCount(currentNumber)} of ${total}`;
}
