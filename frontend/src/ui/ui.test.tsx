import { MantineProvider } from "@mantine/core";
import { fireEvent, render, screen } from "@testing-library/react";
import type { ReactNode } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { STATUSES, statusWord } from "~/lib/statuses";
import { ConfirmDialog } from "./ConfirmDialog";
import { DiffView } from "./DiffView";
import { ErrorBoundary } from "./ErrorBoundary";
import { IconAction } from "./IconAction";
import { SplitPane } from "./SplitPane";
import { StatusBadge } from "./StatusBadge";

function show(children: ReactNode) {
  return render(<MantineProvider env="test">{children}</MantineProvider>);
}

it.each(STATUSES)("%s has a word and an icon", (status) => {
  const { container } = show(<StatusBadge status={status} />);
  expect(screen.getByText(statusWord(status))).toBeInTheDocument();
  expect(container.querySelector("svg")).not.toBeNull();
});

it("a disabled action says why and does nothing", () => {
  const onClick = vi.fn();
  show(
    <IconAction label="Cancel" disabledReason="it has ended" onClick={onClick}>
      x
    </IconAction>,
  );
  const button = screen.getByRole("button", { name: "Cancel" });
  fireEvent.click(button);
  expect(button).toHaveAttribute("aria-disabled", "true");
  expect(onClick).not.toHaveBeenCalled();
});

it("a dangerous question is answered by its verb", () => {
  const onConfirm = vi.fn();
  show(
    <ConfirmDialog
      isOpen
      title="Delete?"
      confirmLabel="Delete 3 tasks"
      isDangerous
      onConfirm={onConfirm}
      onCancel={() => {}}
    >
      Their folders go too.
    </ConfirmDialog>,
  );
  fireEvent.click(screen.getByRole("button", { name: "Delete 3 tasks" }));
  expect(onConfirm).toHaveBeenCalledOnce();
});

it("a difference unfolds", () => {
  const before = Array.from({ length: 30 }, (_, index) => `key_${index}: 1`).join("\n");
  show(<DiffView before={before} after={before.replace("key_15: 1", "key_15: 2")} label="Changes" />);
  expect(screen.queryByText("key_0: 1")).toBeNull();
  fireEvent.click(screen.getAllByRole("button", { name: /unchanged lines/ })[0] ?? document.body);
  expect(screen.getByText("key_0: 1")).toBeInTheDocument();
});

it("a fault in a part leaves the rest", () => {
  const silence = vi.spyOn(console, "error").mockImplementation(() => {});
  const Faulty = () => {
    throw new Error("boom");
  };
  show(
    <>
      <p>The rest</p>
      <ErrorBoundary what="This chart">
        <Faulty />
      </ErrorBoundary>
    </>,
  );
  expect(screen.getByText("The rest")).toBeInTheDocument();
  expect(screen.getByRole("alert")).toHaveTextContent("boom");
  silence.mockRestore();
});

describe("a split pane", () => {
  beforeEach(() => localStorage.clear());
  const pane = (second: ReactNode) => (
    <SplitPane id="test" label="Resize" defaultSize={50} first={<p>list</p>} second={second} />
  );

  it("moves by keys within its limits and remembers", () => {
    const { unmount } = show(pane(<p>detail</p>));
    const handle = screen.getByRole("separator", { name: "Resize" });
    fireEvent.keyDown(handle, { key: "ArrowRight" });
    expect(handle).toHaveAttribute("aria-valuenow", "52");
    fireEvent.keyDown(handle, { key: "End" });
    expect(handle).toHaveAttribute("aria-valuenow", "80");
    unmount();
    show(pane(<p>detail</p>));
    expect(screen.getByRole("separator")).toHaveAttribute("aria-valuenow", "80");
  });

  it("without a second pane the first one stays mounted and has all", () => {
    const { rerender } = show(pane(<p>detail</p>));
    const list = screen.getByText("list");
    rerender(<MantineProvider env="test">{pane(null)}</MantineProvider>);
    expect(screen.getByText("list")).toBe(list);
    expect(screen.queryByRole("separator")).toBeNull();
  });
});
