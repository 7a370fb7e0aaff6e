import { MantineProvider } from "@mantine/core";
import { fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { LogView } from "./LogView";
import { memoryLog } from "./testing";

const thousand = Array.from({ length: 1000 }, (_, index) => `line number ${index + 1}`);

function show(
  log: ReturnType<typeof memoryLog>,
  more: { line?: number; onLine?: (line: number) => void } = {},
) {
  render(
    <MantineProvider env="test">
      <LogView name="out.txt" source={log.source} {...more} />
    </MantineProvider>,
  );
  return screen.findByRole("region", { name: "Text of out.txt" });
}

it("opens at the end and draws only what is near", async () => {
  const region = await show(memoryLog(thousand));
  expect(await within(region).findByText("line number 1000")).toBeInTheDocument();
  expect(within(region).queryByText("line number 1")).toBeNull();
  expect(region.querySelectorAll("[data-line]").length).toBeLessThan(60);
});

it("follows what is written", async () => {
  const log = memoryLog(thousand);
  const region = await show(log);
  await within(region).findByText("line number 1000");
  log.append("the newest");
  expect(await within(region).findByText("the newest")).toBeInTheDocument();
});

it("stays where the reader went, and offers what is new", async () => {
  const log = memoryLog(thousand);
  const region = await show(log);
  fireEvent.keyDown(region, { key: "Home" });
  expect(await within(region).findByText("line number 1")).toBeInTheDocument();
  log.append("one", "two");
  fireEvent.click(await screen.findByRole("button", { name: /2 new lines/ }));
  expect(await within(region).findByText("two")).toBeInTheDocument();
});

it("goes to the line of a permalink and makes permalinks", async () => {
  const onLine = vi.fn();
  const region = await show(memoryLog(thousand), { line: 500, onLine });
  await waitFor(() => expect(region.querySelector("[data-target]")).toHaveTextContent("line number 500"));
  fireEvent.click(within(region).getByRole("link", { name: "Link to line 501" }));
  expect(onLine).toHaveBeenCalledWith(501);
});

it("searches the whole log and steps through what it found", async () => {
  const user = userEvent.setup();
  const region = await show(memoryLog(thousand));
  const box = screen.getByRole("searchbox", { name: "Search out.txt" });
  await user.type(box, "number 12");
  await screen.findByText("11 lines");
  await user.type(box, "{Enter}");
  expect(await screen.findByText("1 of 11")).toBeInTheDocument();
  await waitFor(() => expect(region.querySelector("[data-match] mark")).toHaveTextContent("number 12"));
  await user.type(box, "{Shift>}{Enter}{/Shift}");
  expect(await screen.findByText("11 of 11")).toBeInTheDocument();
});

it("a broken expression is told, not thrown", async () => {
  const user = userEvent.setup();
  await show(memoryLog(thousand));
  await user.click(screen.getByRole("button", { name: "Regular expression" }));
  await user.type(screen.getByRole("searchbox"), "(");
  expect(await screen.findByText(/Invalid regular expression/)).toBeInTheDocument();
});

it("text is never markup", async () => {
  const region = await show(memoryLog(["<img src=x onerror=alert(1)>"]));
  expect(await within(region).findByText("<img src=x onerror=alert(1)>")).toBeInTheDocument();
  expect(region.querySelector("img")).toBeNull();
});

it("an empty log and an unreadable one say so", async () => {
  await show(memoryLog([]));
  expect(screen.getByText("Nothing written yet")).toBeInTheDocument();
  const broken = memoryLog([]);
  broken.breakWith(new Error("no such file"));
  render(
    <MantineProvider env="test">
      <LogView name="err.txt" source={broken.source} />
    </MantineProvider>,
  );
  expect(await screen.findByText("no such file")).toBeInTheDocument();
});
