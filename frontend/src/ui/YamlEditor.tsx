import { lazy, Suspense } from "react";
import type { YamlAssist } from "~/lib/searchYaml";
import { LoadingBlock } from "./Loading";

/** A problem shown at its place in the text. Lines and columns count from 1. */
export interface Diagnostic {
  line: number;
  column: number;
  message: string;
  severity: "error" | "warning" | "info";
}

export interface YamlEditorProps {
  value: string;
  /** Its accessible name. */
  label: string;
  /** Not needed when read-only. */
  onChange?: (value: string) => void;
  isReadOnly?: boolean;
  diagnostics?: readonly Diagnostic[];
  /** Completes what is typed and explains keys; Ctrl+Space asks for it. */
  assist?: YamlAssist;
  /** CSS height; "100%" fills the parent. */
  height?: number | string;
}

const CodeMirrorView = lazy(() =>
  import("./CodeMirrorView").then((module) => ({ default: module.CodeMirrorView })),
);

/** A YAML editor with highlighting; the editor itself loads when it is first shown. Esc, then Tab leaves it. */
export function YamlEditor(props: YamlEditorProps) {
  return (
    <Suspense fallback={<LoadingBlock height={props.height ?? 240} label="Loading the editor" />}>
      <CodeMirrorView {...props} />
    </Suspense>
  );
}
