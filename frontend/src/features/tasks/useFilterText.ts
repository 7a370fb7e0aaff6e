import { useEffect, useRef, useState } from "react";

const DELAY_MS = 250;

/** A text that is typed at once and told a moment after the last key; follows when the URL says something else. */
export function useFilterText(
  value: string,
  onChange: (text: string) => void,
): [string, (text: string) => void, () => void] {
  const [text, setText] = useState(value);
  const told = useRef(value);
  if (value !== told.current) {
    told.current = value;
    if (value !== text.trim()) setText(value);
  }
  const tell = useRef(onChange);
  tell.current = onChange;
  const flush = (next: string) => {
    if (next.trim() === told.current) return;
    told.current = next.trim();
    tell.current(next.trim());
  };
  const send = useRef(flush);
  send.current = flush;
  useEffect(() => {
    const timer = setTimeout(() => send.current(text), DELAY_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return [text, setText, () => flush(text)];
}
