import { MantineProvider } from "@mantine/core";
import { fireEvent, render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { TimeSeriesChart, type TimeSeriesChartProps } from "./TimeSeriesChart";

const two = [
  {
    id: "train",
    label: "train",
    color: "var(--series-1)",
    points: [
      [1, 2],
      [2, 1],
    ] as const,
  },
  {
    id: "val",
    label: "val",
    color: "var(--series-2)",
    points: [
      [1, 3],
      [2, null],
    ] as const,
  },
];

function show(props: Partial<TimeSeriesChartProps>) {
  return render(
    <MantineProvider env="test">
      <TimeSeriesChart title="loss" xKind="epoch" series={two} {...props} />
    </MantineProvider>,
  );
}

it("says in words what it shows", () => {
  show({});
  expect(screen.getByRole("img", { name: /^loss: train 1, val 3\./ })).toBeInTheDocument();
  expect(screen.getByText("1 point NaN or infinite, shown as a gap")).toBeInTheDocument();
});

it("each series is a button that hides it", () => {
  const onToggle = vi.fn();
  show({ onToggle, hiddenIds: new Set(["val"]) });
  expect(screen.getByRole("button", { name: "train" })).toHaveAttribute("aria-pressed", "true");
  const hidden = screen.getByRole("button", { name: "val" });
  expect(hidden).toHaveAttribute("aria-pressed", "false");
  fireEvent.click(hidden);
  expect(onToggle).toHaveBeenCalledWith("val");
});

it("with all hidden says so instead of drawing nothing", () => {
  show({ hiddenIds: new Set(["train", "val"]) });
  expect(screen.getByText("All series are hidden")).toBeInTheDocument();
});

it("has a picture for loading, emptiness and trouble", () => {
  const onRetry = vi.fn();
  const { unmount } = show({ state: { kind: "error", message: "permission denied", onRetry } });
  expect(screen.getByRole("alert")).toHaveTextContent("permission denied");
  fireEvent.click(screen.getByRole("button", { name: "Retry" }));
  expect(onRetry).toHaveBeenCalledOnce();
  unmount();
  show({ state: { kind: "loading" } }).unmount();
  show({ series: [], state: { kind: "empty", hint: "Nothing was written." } });
  expect(screen.getByText("Nothing was written.")).toBeInTheDocument();
});

it("a log axis without a positive value says why it is empty", () => {
  const none = [
    {
      id: "x",
      label: "x",
      color: "red",
      points: [
        [1, 0],
        [2, -1],
      ] as const,
    },
  ];
  show({ series: none, yScale: "log" });
  expect(screen.getByText("No value above zero")).toBeInTheDocument();
});

it("Escape gives up the zoom", () => {
  const onZoom = vi.fn();
  show({ zoom: [1, 2], onZoom });
  fireEvent.keyDown(screen.getByRole("img"), { key: "Escape" });
  expect(onZoom).toHaveBeenCalledWith(null);
});
