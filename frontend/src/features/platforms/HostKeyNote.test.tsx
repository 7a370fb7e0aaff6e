import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import type { HostKey } from "~/api/client";
import { fileWord, HostKeyNote } from "./HostKeyNote";

const KEY: HostKey = {
  host: "beluga.example.org",
  algorithm: "ssh-ed25519",
  fingerprint: "SHA256:pDkQ8m1rJ0bqXr3uJ2b6cJc5rZr3h2m8cCkq2h3m9bE",
  is_changed: false,
};

function show(hostKey: HostKey) {
  const onAccept = vi.fn();
  render(
    <MantineProvider env="test">
      <HostKeyNote hostKey={hostKey} onAccept={onAccept} isPending={false} error={null} />
    </MantineProvider>,
  );
  return onAccept;
}

it("shows the whole fingerprint, and accepts an unknown key with one press", async () => {
  const onAccept = show(KEY);
  expect(screen.getByText(KEY.fingerprint)).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: /accept this key/ }));
  expect(onAccept).toHaveBeenCalledOnce();
});

it("replaces a key only when the host's name was typed", async () => {
  const onAccept = show({ ...KEY, is_changed: true });
  expect(screen.getByRole("region", { name: "The key of beluga.example.org has changed" })).toBeVisible();
  const replace = screen.getByRole("button", { name: "Replace the key" });
  await userEvent.click(replace);
  await userEvent.type(screen.getByRole("textbox"), "beluga");
  await userEvent.click(replace);
  expect(onAccept).not.toHaveBeenCalled();
  await userEvent.type(screen.getByRole("textbox"), ".example.org{Enter}");
  expect(onAccept).toHaveBeenCalledOnce();
});

it("names the file that holds a key of this kind", () => {
  expect(["ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "sk-new"].map(fileWord)).toEqual([
    "ed25519",
    "ecdsa",
    "rsa",
    "*",
  ]);
});
