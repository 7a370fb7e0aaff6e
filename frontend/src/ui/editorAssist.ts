import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  insertCompletionText,
  startCompletion,
} from "@codemirror/autocomplete";
import { StateEffect, StateField } from "@codemirror/state";
import { EditorView, hoverTooltip, keymap, showTooltip, type Tooltip } from "@codemirror/view";
import type { Explanation, Suggestion, YamlAssist } from "~/lib/searchYaml";

/** The newest one: editors are made once. */
interface Current {
  current: YamlAssist | undefined;
}

const WORD = /^[\w.$/-]*$/;
const TYPES = { key: "property", value: "enum", path: "variable" } as const;

/** Completion (Ctrl+Space, or while typing) and explanations of keys (hover, or Ctrl+Shift+Space). */
export function assistance(assist: Current) {
  return [
    autocompletion({
      override: [(context) => completions(assist, context)],
      icons: false,
      maxRenderedOptions: 200,
    }),
    hoverTooltip((view, offset) => tooltipOf(assist.current?.explain(view.state.doc.toString(), offset))),
    shown,
    keymap.of([{ key: "Ctrl-Shift-Space", run: (view) => explain(view, assist) }]),
    look,
  ];
}

function completions(assist: Current, context: CompletionContext): CompletionResult | null {
  const { state, pos, explicit } = context;
  const found = assist.current?.suggest(state.doc.toString(), pos);
  if (!found) return null;
  const written = state.sliceDoc(found.from, pos);
  const line = state.doc.lineAt(pos);
  // An empty place is for whoever asks, but for a value: nothing else can be written there.
  const isAwaited = written !== "" || /:\s+$/.test(line.text.slice(0, pos - line.from));
  if (!explicit && !isAwaited) return null;
  const [only, ...more] = found.items;
  if (!explicit && more.length === 0 && only?.label === written) return null;
  return { from: found.from, options: found.items.map(optionOf), validFor: WORD };
}

function optionOf(suggestion: Suggestion, index: number): Completion {
  const { label, kind, detail, description, insert } = suggestion;
  return {
    label,
    type: TYPES[kind],
    detail,
    boost: -Math.min(index, 99), // in the order given where they match alike
    ...(description ? { info: () => paragraphs([description]) } : {}),
    apply: (view, _completion, from, to) => {
      view.dispatch(insertCompletionText(view.state, insert, from, to));
      if (insert !== label) startCompletion(view);
    },
  };
}

function tooltipOf(explanation: Explanation | null | undefined): Tooltip | null {
  if (!explanation) return null;
  return {
    pos: explanation.from,
    end: explanation.to,
    above: true,
    create: () => {
      const [title, ...rest] = sentences(explanation);
      const dom = paragraphs(rest);
      const head = document.createElement("strong");
      head.textContent = title ?? "";
      dom.prepend(head);
      dom.classList.add("cm-explanation");
      dom.setAttribute("role", "tooltip");
      return { dom };
    },
  };
}

function sentences({ title, description, fallback, values }: Explanation): string[] {
  const words = values.length > 0 ? `One of ${values.join(", ")}.` : "";
  const standard = fallback === null ? "" : `Default: ${fallback}.`;
  return [title, description, words, standard].filter(Boolean);
}

function paragraphs(texts: readonly string[]): HTMLElement {
  const dom = document.createElement("div");
  for (const text of texts) {
    const paragraph = document.createElement("p");
    paragraph.textContent = text;
    dom.append(paragraph);
  }
  return dom;
}

const show = StateEffect.define<Tooltip | null>();
/** The explanation that was asked for; it goes with the next move. */
const shown = StateField.define<Tooltip | null>({
  create: () => null,
  update(tooltip, transaction) {
    for (const effect of transaction.effects) if (effect.is(show)) return effect.value;
    return transaction.docChanged || transaction.selection ? null : tooltip;
  },
  provide: (field) => showTooltip.from(field),
});

function explain(view: EditorView, assist: Current): boolean {
  const { state } = view;
  const line = state.doc.lineAt(state.selection.main.head);
  const begin = line.from + line.text.length - line.text.trimStart().length;
  const text = state.doc.toString();
  const explanation =
    assist.current?.explain(text, state.selection.main.head) ?? assist.current?.explain(text, begin);
  if (!explanation) return false;
  view.dispatch({
    effects: [show.of(tooltipOf(explanation)), EditorView.announce.of(sentences(explanation).join(". "))],
  });
  return true;
}

const look = EditorView.theme({
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    fontFamily: "var(--mantine-font-family-monospace)",
    fontSize: "12px",
    maxHeight: "220px",
    minWidth: "220px",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": {
    display: "flex",
    gap: "12px",
    alignItems: "baseline",
    padding: "3px 10px",
    lineHeight: "18px",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--accent-tint)",
    color: "var(--text)",
  },
  ".cm-completionLabel": { flex: "1" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700", color: "var(--accent)" },
  ".cm-completionDetail": {
    marginLeft: "0",
    color: "var(--text-dim)",
    fontStyle: "normal",
    fontFamily: "var(--mantine-font-family)",
  },
  ".cm-tooltip.cm-completionInfo, .cm-explanation": {
    maxWidth: "320px",
    padding: "6px 10px",
    fontFamily: "var(--mantine-font-family)",
    fontSize: "12px",
    lineHeight: "18px",
    whiteSpace: "normal",
  },
  ".cm-tooltip p": { margin: "0" },
  ".cm-explanation strong": { fontFamily: "var(--mantine-font-family-monospace)", fontWeight: "600" },
});
