import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState, type Text } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  tooltips,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";
import { assistance } from "./editorAssist";
import type { Diagnostic, YamlEditorProps } from "./YamlEditor";

const highlighting = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--code-key)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: "var(--code-number)" },
  { tag: [tags.comment, tags.meta], color: "var(--code-comment)" },
]);

const look = EditorView.theme({
  "&": {
    height: "100%",
    borderRadius: "5px",
    fontSize: "12px",
    backgroundColor: "var(--surface-sunken)",
    color: "var(--text)",
  },
  "&.cm-focused": { outline: "2px solid var(--focus-ring)", outlineOffset: "0" },
  ".cm-scroller": {
    borderRadius: "5px",
    fontFamily: "var(--mantine-font-family-monospace)",
    lineHeight: "18px",
  },
  ".cm-gutters": { backgroundColor: "var(--surface-sunken)", color: "var(--text-dim)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--surface-hover)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "var(--accent-tint)",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--surface-card)",
    color: "var(--text)",
    border: "1px solid var(--line-strong)",
    borderRadius: "6px",
    boxShadow: "0 2px 10px rgb(0 0 0 / 18%)",
  },
  ".cm-lintRange": { backgroundImage: "none", textUnderlineOffset: "3px" },
  ".cm-lintRange-error": { textDecoration: "underline wavy var(--crashed)" },
  ".cm-lintRange-warning": { textDecoration: "underline wavy var(--cancelled)" },
  ".cm-lintPoint::after": { borderBottomColor: "var(--crashed)" },
  ".cm-lintPoint-warning::after": { borderBottomColor: "var(--cancelled)" },
  ".cm-diagnostic": { maxWidth: "420px", padding: "4px 10px", fontFamily: "var(--mantine-font-family)" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--crashed)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--cancelled)" },
});

const HELP =
  "Control and Space completes, Control, Shift and Space explains, F8 goes to the next problem; Escape, then Tab leaves the editor";

/** After Esc, Tab leaves the editor for ten seconds or until another key. */
const escapeHatch = keymap.of([
  {
    key: "Escape",
    run: (view) => {
      view.setTabFocusMode(10_000);
      return false;
    },
  },
  indentWithTab,
]);

const editing = [
  history(),
  drawSelection(),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  lintGutter(),
  escapeHatch,
  keymap.of([...defaultKeymap, ...historyKeymap, ...foldKeymap, ...lintKeymap]),
];

/** CodeMirror as a controlled React component. */
export function CodeMirrorView(props: YamlEditorProps) {
  const { value, label, onChange, isReadOnly = false, diagnostics, assist, height = 240 } = props;
  const parent = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const changed = useRef(onChange);
  const assisted = useRef(assist);
  const access = useRef(new Compartment());
  changed.current = onChange;
  assisted.current = assist;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor is made once; later values arrive below
  useEffect(() => {
    if (!parent.current) return;
    const editor = new EditorView({
      parent: parent.current,
      state: EditorState.create({
        doc: value,
        extensions: [...extensions(access.current, label, isReadOnly, changed), assistance(assisted)],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    view.current?.dispatch({ effects: access.current.reconfigure(accessOf(label, isReadOnly)) });
  }, [label, isReadOnly]);

  useEffect(() => {
    const editor = view.current;
    if (editor) editor.dispatch(setDiagnostics(editor.state, placed(editor.state.doc, diagnostics ?? [])));
  }, [diagnostics]);

  return (
    <div ref={parent} style={{ height, minHeight: 0, borderRadius: 6, border: "1px solid var(--line)" }} />
  );
}

function accessOf(label: string, isReadOnly: boolean) {
  return [
    EditorState.readOnly.of(isReadOnly),
    EditorView.editable.of(!isReadOnly),
    EditorView.contentAttributes.of({
      "aria-label": label,
      "aria-readonly": String(isReadOnly),
      tabindex: "0",
      ...(isReadOnly ? {} : { "aria-description": HELP }),
    }),
    isReadOnly ? [] : editing,
  ];
}

function extensions(
  access: Compartment,
  label: string,
  isReadOnly: boolean,
  changed: { current: YamlEditorProps["onChange"] },
) {
  return [
    lineNumbers(),
    foldGutter(),
    bracketMatching(),
    yaml(),
    indentUnit.of("  "),
    syntaxHighlighting(highlighting),
    look,
    tooltips({ tooltipSpace: ({ dom }) => visibleSpace(dom) }),
    access.of(accessOf(label, isReadOnly)),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) changed.current?.(update.state.doc.toString());
    }),
  ];
}

/** Where tooltips may be: what is outside of a parent that scrolls is cut off. */
function visibleSpace(dom: HTMLElement) {
  const space = { left: 0, top: 0, right: window.innerWidth, bottom: window.innerHeight };
  for (let parent = dom.parentElement; parent; parent = parent.parentElement) {
    if (getComputedStyle(parent).overflowY === "visible") continue;
    const { left, top, right, bottom } = parent.getBoundingClientRect();
    return {
      left: Math.max(space.left, left),
      top: Math.max(space.top, top),
      right: Math.min(space.right, right),
      bottom: Math.min(space.bottom, bottom),
    };
  }
  return space;
}

/** Positions of diagnostics in the text; each marks the rest of its word, and stays within the text. */
function placed(doc: Text, diagnostics: readonly Diagnostic[]) {
  return diagnostics.map(({ line, column, message, severity }) => {
    const at = doc.line(Math.min(Math.max(1, line), doc.lines));
    const from = Math.min(at.from + Math.max(0, column - 1), at.to);
    const word = /^[^\s,:\]}]+/.exec(doc.sliceString(from, at.to))?.[0].length ?? 0;
    return { from, to: Math.min(from + Math.max(1, word), at.to), message, severity };
  });
}
