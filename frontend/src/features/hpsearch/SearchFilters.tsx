import { TextInput } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { formatCount } from "~/lib/format";
import classes from "./list.module.css";
import type { SearchListSearch } from "./searchParams";
import type { SearchRead, SearchStatus } from "./types";

const STATUSES = ["running", "paused", "finished", "stopped", "failed"] as const satisfies SearchStatus[];
const DELAY_MS = 150;

interface SearchFiltersProps {
  /** All searches, whatever the filter says. */
  items: readonly SearchRead[];
  state: SearchListSearch;
  onState: (changes: SearchListSearch) => void;
}

/** Words and statuses that narrow the list. `/` goes to the words. */
export function SearchFilters({ items, state, onState }: SearchFiltersProps) {
  const input = useRef<HTMLInputElement>(null);
  useHotkeys([["/", () => input.current?.focus()]]);
  const chosen = state.status ?? [];
  const shown = STATUSES.filter((one) => chosen.includes(one) || items.some(({ status }) => status === one));
  const toggle = (one: SearchStatus) => {
    const next = chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one];
    onState({ status: next.length > 0 ? next : undefined });
  };
  return (
    <>
      <Words text={state.q ?? ""} onText={(q) => onState({ q: q || undefined })} inputRef={input} />
      <ul className={classes.chips} aria-label="Filter by status">
        {shown.map((one) => (
          <li key={one}>
            <button
              type="button"
              className={classes.chip}
              aria-pressed={chosen.includes(one)}
              onClick={() => toggle(one)}
            >
              {one}{" "}
              <span className="dim numeric">
                {formatCount(items.filter(({ status }) => status === one).length)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

interface WordsProps {
  text: string;
  onText: (text: string) => void;
  inputRef: React.RefObject<HTMLInputElement | null>;
}

/** What is typed is told when the typing rests, so that the URL is not written with every key. */
function Words({ text, onText, inputRef }: WordsProps) {
  const [typed, setTyped] = useState(text);
  const tell = useRef(onText);
  tell.current = onText;
  const told = useRef(text);
  useEffect(() => {
    const timer = setTimeout(() => {
      if (typed.trim() === told.current) return;
      told.current = typed.trim();
      tell.current(told.current);
    }, DELAY_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  useEffect(() => {
    // The address was changed by something else: Back, a link.
    if (text === told.current) return;
    told.current = text;
    setTyped(text);
  }, [text]);
  return (
    <TextInput
      ref={inputRef}
      size="xs"
      w={220}
      type="search"
      aria-label="Filter the searches"
      aria-keyshortcuts="/"
      placeholder="Filter"
      leftSection={<IconSearch size={14} aria-hidden />}
      rightSection={
        typed === "" && (
          <kbd className={classes.kbd} title="Press / to filter">
            /
          </kbd>
        )
      }
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        if (typed === "") event.currentTarget.blur();
        else setTyped("");
      }}
    />
  );
}
