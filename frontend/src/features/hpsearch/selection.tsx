import { useSearch } from "@tanstack/react-router";
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useMemo,
  useRef,
  useSyncExternalStore,
} from "react";
import { useChangeSearch } from "~/ui/useChangeSearch";
import { type Axis, allAxes, withWideScales } from "./axes";
import { type Brush, type Brushes, brushedNumbers, brushTexts, parseBrushes, withBrush } from "./brushes";
import type { OneSearchSearch } from "./searchParams";
import { bestNumber, type ChosenObjective, objectiveAt } from "./trials";
import type { SearchViewProps } from "./types";

/** The page's state as the URL has it, and what changes some of it. */
export function useSearchState(): [
  OneSearchSearch,
  (changes: OneSearchSearch, options?: { isStep?: boolean }) => void,
] {
  return [useSearch({ from: "/ui/searches/$id" }), useChangeSearch<OneSearchSearch>()];
}

/** What is marked in every view of a search at once. All of it is in the URL. */
export interface TrialSelection {
  /** The trials within all brushes; all of them where nothing is brushed. */
  selected: ReadonlySet<number>;
  isBrushed: boolean;
  /** By the axis' id. */
  brushes: Brushes;
  /** Sets the brush of an axis, or takes it away. Call it when a drag ends, not while it lasts. */
  setBrush: (axis: string, brush: Brush | null) => void;
  /** Takes all brushes away. */
  clear: () => void;
  /** The one trial that was clicked. */
  highlighted: number | null;
  setHighlighted: (number: number | null) => void;
  /** The objective that values are of; null for a search without one. */
  objective: ChosenObjective | null;
  /** The best trial by that objective. */
  best: number | null;
  /** All that an axis can show: parameters, objectives, facts. */
  axes: readonly Axis[];
  /** Whether an axis is logarithmic, as it begins or as it was switched to. */
  isLog: (axis: Axis) => boolean;
  setLog: (axis: Axis, isLog: boolean) => void;
}

const Selection = createContext<TrialSelection | null>(null);

/** Works out once per page what every view of it marks. */
export function TrialSelectionProvider({
  search,
  trials,
  children,
}: SearchViewProps & { children: ReactNode }) {
  const [state, change] = useSearchState();
  const { objectives, best_number } = search;
  const spec = useStable(search.spec);
  const asked = useStable(objectives);
  const plain = useMemo(() => allAxes({ spec, objectives: asked }), [spec, asked]);
  const axes = useStable(useMemo(() => withWideScales(plain, trials), [plain, trials]));
  const texts = useStable(state.brush);
  const brushes = useMemo(() => parseBrushes(texts), [texts]);
  const selected = useMemo(() => brushedNumbers(trials, axes, brushes), [trials, axes, brushes]);
  const objective = useMemo(
    () => objectiveAt({ objectives: asked }, state.objective),
    [asked, state.objective],
  );
  const best = useMemo(
    () => bestNumber({ objectives: asked, best_number }, trials, objective),
    [asked, best_number, trials, objective],
  );
  const flipped = useStable(state.flip);
  const highlighted = state.trial ?? null;
  const value = useMemo(
    (): TrialSelection => ({
      ...{ selected, isBrushed: brushes.size > 0, brushes, highlighted, objective, best, axes },
      setBrush: (axis, brush) => change({ brush: brushTexts(withBrush(brushes, axis, brush)) }),
      clear: () => change({ brush: undefined }),
      setHighlighted: (number) => change({ trial: number ?? undefined }),
      isLog: (axis) => axis.isLog !== (flipped?.includes(axis.id) ?? false),
      setLog: (axis, isLog) => change({ flip: withFlip(flipped, axis, isLog) }),
    }),
    [selected, brushes, highlighted, objective, best, axes, flipped, change],
  );
  return <Selection value={value}>{children}</Selection>;
}

/** What is marked, for a view inside of a search page. */
export function useTrialSelection(): TrialSelection {
  const selection = useContext(Selection);
  if (!selection) throw new Error("useTrialSelection() outside of a TrialSelectionProvider");
  return selection;
}

/** The trial under the pointer, in any view; not in the URL, and only who asks is drawn again. */
class HoveredTrial {
  private number: number | null = null;
  private readonly listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): number | null => this.number;

  readonly set = (number: number | null): void => {
    if (number === this.number) return;
    this.number = number;
    for (const listener of this.listeners) listener();
  };
}

const hovered = new HoveredTrial();

/** The trial under the pointer in any view, and what sets it; null for none. */
export function useHoveredTrial(): [number | null, (number: number | null) => void] {
  return [useSyncExternalStore(hovered.subscribe, hovered.snapshot), hovered.set];
}

/** For a row or a mark of one trial: whether it is under the pointer. Drawn again only when that changes. */
export function useIsHovered(number: number): [boolean, (isHovered: boolean) => void] {
  const isHovered = useSyncExternalStore(hovered.subscribe, () => hovered.snapshot() === number);
  const set = useCallback((next: boolean) => hovered.set(next ? number : null), [number]);
  return [isHovered, set];
}

function withFlip(flipped: readonly string[] | undefined, axis: Axis, isLog: boolean): string[] | undefined {
  const others = (flipped ?? []).filter((id) => id !== axis.id);
  const all = isLog === axis.isLog ? others : [...others, axis.id];
  return all.length > 0 ? all : undefined;
}

/** The same object as long as its content is the same. */
function useStable<T>(value: T): T {
  const kept = useRef({ value, text: JSON.stringify(value) });
  const text = JSON.stringify(value);
  if (text !== kept.current.text) kept.current = { value, text };
  return kept.current.value;
}
